import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { faultOf } from './fault.js';
import { runFaults } from './jobs.js';
import { kindNamed } from './kinds/all.js';
import { lineOf, tableOf, tally } from './report.js';

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
  readonly jobs: number;
  readonly json?: string;
}

const options = new Command('test:faults')
  .description('Do harm to runs of the real command on a real server, and see that nothing is lost')
  .option('--faults <n>', 'faults to do', count, 100)
  .option('--seed <s>', 'what the faults follow from', count, 1 + Math.floor(Math.random() * 1_000_000))
  .option('--replay <n>', 'do only the fault of this number', count)
  .option('--only <kind>', 'do only faults of this kind')
  .option('--jobs <k>', 'servers to work on side by side', count, 2)
  .option('--json <file>', 'also write the table there')
  .parse()
  .opts<Options>();

const say = (line: string) => process.stdout.write(`${line}\n`);

const only = options.only === undefined ? undefined : kindNamed(options.only);
const numbers =
  options.replay === undefined
    ? Array.from({ length: options.faults }, (_, index) => index + 1)
    : [options.replay];
const again = `npm run test:faults -- --seed ${options.seed}${only === undefined ? '' : ` --only ${only.name}`}`;
say(`${numbers.length} faults of seed ${options.seed}; one of them again: ${again} --replay NUMBER`);

const start = performance.now();
const results = await runFaults(
  numbers.map((number) => faultOf(options.seed, number, only)),
  { main: MAIN, jobs: options.jobs, onResult: (result) => say(lineOf(result)) },
);
const seconds = (performance.now() - start) / 1000;
const tallies = tally(results);
say('');
for (const line of tableOf(tallies)) say(line);
const failed = results.filter(({ problems }) => problems.length > 0);
say('');
say(
  failed.length === 0
    ? `✔ All passed, in ${seconds.toFixed(0)} s.`
    : `✘ ${failed.length} failed, in ${seconds.toFixed(0)} s: ${failed.map(({ fault }) => `${again} --replay ${fault.number}`).join('; ')}`,
);
if (options.json !== undefined)
  writeFileSync(
    options.json,
    `${JSON.stringify({ seed: options.seed, faults: numbers.length, seconds, tallies }, null, 2)}\n`,
  );
process.exitCode = failed.length === 0 ? 0 : 1;
