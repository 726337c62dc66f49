import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { everyFault } from './exhaustive.js';
import { type Fault, faultOf } from './fault.js';
import { runFaults } from './jobs.js';
import { kindNamed } from './kinds/all.js';
import { type MutantResult, runMutants } from './mutants/run.js';
import { lineOf, markdownOf, tableOf, tally } from './report.js';
import type { Result } from './run-fault.js';
import { SHORT, TURNS } from './scenario.js';
import { Workshop } from './workshop.js';

/** The command as it is built: this file lies in `dist/test/faults`. */
const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** A whole number of at least one. */
function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It has to be a whole number above 0.');
  return value;
}

interface Options {
  readonly faults: number;
  readonly seed: number;
  readonly replay?: number;
  readonly only?: string;
  readonly exhaustive?: true;
  readonly of: 'run' | keyof typeof TURNS;
  readonly every: number;
  readonly mutants?: true | string;
  readonly jobs: number;
  readonly json?: string;
  readonly markdown?: true;
}

const options = new Command('test:faults')
  .description('Do harm to runs of the real command on a real server, and see that nothing is lost')
  .option('--faults <n>', 'faults to do', count, 100)
  .option('--seed <s>', 'what the faults follow from', count, 1 + Math.floor(Math.random() * 1_000_000))
  .option('--replay <n>', 'do only the fault of this number', count)
  .option('--only <kind>', 'do only faults of this kind')
  .option('--exhaustive', 'cut and kill at every statement of a short command, before, during and after it')
  .addOption(
    new Option('--of <command>', 'with --exhaustive: of which command')
      .choices(['run', ...Object.keys(TURNS)])
      .default('run'),
  )
  .option('--every <k>', 'with --exhaustive: only one in k of these faults; the seed says which', count, 1)
  .option(
    '--mutants [part]',
    'plant bugs, and see that each of them is noticed; only those with this in their names',
  )
  .option('--jobs <k>', 'servers to work on side by side', count, 2)
  .option('--json <file>', 'also write the figures there')
  .option('--markdown', 'also print the table as docs/reliability.md has it')
  .parse()
  .opts<Options>();

const say = (line: string) => process.stdout.write(`${line}\n`);

/** The command that gives one of these faults again. */
function replayOf(number: number): string {
  const which =
    options.exhaustive === true
      ? `--exhaustive --of ${options.of}`
      : [`--seed ${options.seed}`, ...(options.only === undefined ? [] : [`--only ${options.only}`])].join(
          ' ',
        );
  return `npm run test:faults -- ${which} --replay ${number}`;
}

async function chooseFaults(): Promise<Fault[]> {
  if (options.exhaustive === true) {
    const workshop = await Workshop.open(MAIN);
    const scenario = options.of === 'run' ? SHORT : TURNS[options.of];
    const { statements } = await workshop.prepare(scenario, 1).finally(() => workshop.close());
    const every = options.replay === undefined ? options.every : 1;
    const faults = everyFault(scenario, statements.length, { every, seed: options.seed });
    say(
      `A short ${options.of} has ${statements.length} statements; every one is stopped at 3 positions, in 2 ways.`,
    );
    return faults.filter(({ number }) => options.replay === undefined || number === options.replay);
  }
  const only = options.only === undefined ? undefined : kindNamed(options.only);
  const numbers =
    options.replay === undefined
      ? Array.from({ length: options.faults }, (_, index) => index + 1)
      : [options.replay];
  return numbers.map((number) => faultOf(options.seed, number, only));
}

async function harm(): Promise<boolean> {
  const start = performance.now();
  const faults = await chooseFaults();
  say(`${faults.length} faults of seed ${options.seed}. One of them again: ${replayOf(1)}`);
  const results = await runFaults(faults, {
    main: MAIN,
    jobs: options.jobs,
    onResult: (result) => say(lineOf(result)),
  });
  const seconds = (performance.now() - start) / 1000;
  const tallies = tally(results);
  say('');
  for (const line of tableOf(tallies)) say(line);
  if (options.markdown === true) for (const line of ['', ...markdownOf(tallies)]) say(line);
  const failed = results.filter(({ problems }) => problems.length > 0);
  say(`\n${failed.length === 0 ? '✔ All passed' : `✘ ${failed.length} failed`}, in ${seconds.toFixed(0)} s.`);
  for (const { fault } of failed) say(`  again: ${replayOf(fault.number)}`);
  if (options.json !== undefined) {
    const figures = { seed: options.seed, faults: faults.length, seconds, tallies };
    writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  return failed.length === 0;
}

async function mutate(): Promise<boolean> {
  const [mutants, controls]: [MutantResult[], Result[]] = [[], []];
  await runMutants(MAIN, {
    only: typeof options.mutants === 'string' ? options.mutants : '',
    jobs: options.jobs,
    onControl(result) {
      controls.push(result);
      say(`control: ${lineOf(result)}`);
    },
    onMutant(result) {
      mutants.push(result);
      const { mutant, caught } = result;
      say(`${caught === undefined ? '✘ MISSED' : '✔ caught'}  ${mutant.name}`);
      if (caught !== undefined) say(`            ${caught.replaceAll(/\s+/g, ' ').slice(0, 160)}`);
    },
  });
  const missed = mutants.filter(({ caught }) => caught === undefined);
  const wrong = controls.filter(({ problems }) => problems.length > 0);
  say(
    `\n${mutants.length - missed.length} of ${mutants.length} mutants caught; ${wrong.length} of ${controls.length} controls failed.`,
  );
  return mutants.length > 0 && missed.length + wrong.length === 0;
}

process.exitCode = (await (options.mutants === undefined ? harm() : mutate())) ? 0 : 1;
