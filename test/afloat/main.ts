import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { runAfloatMutants } from './mutants.js';
import { voyage } from './voyage.js';

/** The command as it is built: this file lies in `dist/test/afloat`. */
const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** A number above 0. */
function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1e9)) throw new InvalidArgumentError('It has to be a number above 0.');
  return value;
}

const options = new Command('test:afloat')
  .description(
    'Take a database through cutovers and rollbacks while applications write and Drydock is shot at',
  )
  .option('--minutes <n>', 'how long to go on', positive, 3)
  .option('--cycles <n>', 'go on until it was cut over and back so often', positive, 1)
  .option('--writes <n>', 'go on until so many rows were written', positive, 1)
  .option('--mutants', 'plant bugs, and see that the oracle notices each of them')
  .option(
    '--seed <s>',
    'what the writers and the faults follow from',
    positive,
    1 + Math.floor(Math.random() * 1_000_000),
  )
  .option('--writers <n>', 'applications that write', positive, 3)
  .option('--submissions <n>', 'submissions that are there at the beginning', positive, 150)
  .option('--quiet-run', 'let nobody write before the first run is over')
  .option('--no-faults', 'shoot at nothing')
  .option('--main <file>', 'the built command to try', MAIN)
  .parse()
  .opts<{
    minutes: number;
    cycles: number;
    writes: number;
    mutants?: true;
    seed: number;
    writers: number;
    submissions: number;
    faults: boolean;
    quietRun?: true;
    main: string;
  }>();

const say = (line: string) => process.stdout.write(`${line}\n`);
if (options.mutants === true) {
  const unnoticed = await runAfloatMutants(options.main, options.seed, say);
  process.exitCode = unnoticed.length === 0 ? 0 : 1;
} else await sail();

async function sail(): Promise<void> {
  say(
    `Again: npm run test:afloat -- --minutes ${options.minutes} --seed ${options.seed} --cycles ${options.cycles} --writes ${options.writes} --writers ${options.writers} --submissions ${options.submissions}`,
  );

  const start = performance.now();
  const { problems, writers, ...report } = await voyage({
    ...options,
    seconds: options.minutes * 60,
    quietRun: options.quietRun === true,
    faults: options.faults ? 0.5 : 0,
    say,
  });
  const total = (member: 'transactions' | 'rolledBack' | 'writes' | 'direct') =>
    writers.reduce((sum, writer) => sum + writer[member], 0);
  const worst = (hundredth: number) =>
    Math.max(...writers.map(({ waits }) => waits[hundredth] ?? 0)).toFixed(0);
  say('');
  say(
    `${total('writes')} writes committed or taken back in ${total('transactions')} transactions, ${total('rolledBack')} of them rolled back; ${total('direct')} to the unified table`,
  );
  say(
    `${report.cycles} times cut over and back, ${report.commands} commands, ${report.faults} faults; the sum was looked at in ${report.sums} snapshots`,
  );
  say(
    `longest statement of a transaction: median ${worst(50)} ms, p99 ${worst(99)} ms, longest write pause ${worst(100)} ms`,
  );
  for (const problem of problems) say(`✘ ${problem}`);
  say(
    `${problems.length === 0 ? '✔ Every committed change is there exactly once, and no other' : `✘ ${problems.length} problems`}, in ${((performance.now() - start) / 1000).toFixed(0)} s.`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}
