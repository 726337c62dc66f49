import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { rollback, runPhase } from '../drydock.js';
import { describeMachine, startBenchServer } from '../server.js';
import { burst } from './burst.js';
import { captureCost } from './capture-cost.js';
import { cutovers } from './cutovers.js';
import { type AfloatFigures, describeFigures, targetsOf } from './figures.js';
import { lag } from './lag.js';

interface Options {
  readonly rows: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly perSecond: number;
  readonly cycles: number;
  readonly json?: string;
}

const say = (line: string) => process.stdout.write(`${line}\n`);

async function bench(options: Options): Promise<void> {
  say(`Making the legacy data of ${options.rows.toLocaleString('en')} submissions ...`);
  const server = await startBenchServer(options.rows, process.env.DRYDOCK_BENCH_DATABASE_URL);
  const unify = async () => {
    await rollback(server);
    await runPhase(server, 'opportunities');
    await runPhase(server, 'assessments');
  };
  try {
    const machine = await describeMachine(server);
    await unify();
    const capture = await captureCost(server, options);
    say(`capture: ${Math.round(capture.without)} writes/s without, ${Math.round(capture.with)} with`);
    await unify();
    const applied = await burst(server);
    say(`sync: ${applied.keys} keys at ${applied.keysPerSecond} keys/s`);
    const behind = await lag(server, { ...options, seconds: 4 * options.seconds });
    say(`lag: ${behind.p99.toFixed(3)} s`);
    const swaps = await cutovers(server, options);
    const measured = {
      rows: options.rows,
      capture,
      burst: applied,
      lag: behind,
      cutovers: swaps,
      machine,
    };
    const figures: AfloatFigures = { ...measured, targets: targetsOf(measured) };
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
    for (const line of describeFigures(figures)) say(line);
  } finally {
    await server.stop();
  }
}

/** A whole number of at least one. */
function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It has to be a whole number above 0.');
  return value;
}

await bench(
  new Command('bench:afloat')
    .description(
      'Measure what capture costs writers, how soon what they write is applied, and how long they wait at a cutover',
    )
    .option('--rows <n>', 'submissions to make', count, 20_000)
    .option('--rounds <n>', 'pairs of stretches without and with capture', count, 3)
    .option('--seconds <s>', 'length of a stretch; following is measured four times as long', count, 4)
    .option('--connections <n>', 'connections of the writers', count, 4)
    .option('--per-second <n>', 'writes per second while following, and beside cutovers', count, 500)
    .option('--cycles <n>', 'cutovers, and as many rollbacks', count, 10)
    .option('--json <file>', 'also write the figures there')
    .parse(process.argv)
    .opts<Options>(),
);
