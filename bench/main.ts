import { readFileSync, writeFileSync } from 'node:fs';
import { type Baseline, type Figures, figuresOf } from './figures.js';
import { requireModernPeer } from './measures/assessments.js';
import { memory } from './measures/memory.js';
import { type BenchOptions, parseOptions } from './options.js';
import { describe, describeRound } from './print.js';
import { playRound, type Round } from './round.js';
import { describeMachine, startBenchServer } from './server.js';

const say = (line: string) => process.stdout.write(`${line}\n`);

async function bench(options: BenchOptions): Promise<void> {
  const { rows, runs, only, json } = options;
  const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline);
  say(`Making the legacy data of ${rows.toLocaleString('en')} submissions ...`);
  const server = await startBenchServer(rows, process.env.DRYDOCK_BENCH_DATABASE_URL);
  try {
    if (only.has('assessments')) await requireModernPeer(server);
    const machine = await describeMachine(server);
    // Written after every round: hours of work are not to be lost by what fails at the end.
    const write = (figures: Figures) => {
      if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
      return figures;
    };
    const first = await playRound(server, options);
    const rounds: [Round, ...Round[]] = [first];
    const measured = { rows, rounds, memory: undefined, baseline, machine };
    write(figuresOf(measured));
    say(`round 1 of ${runs}: ${describeRound(first)}`);
    while (rounds.length < runs) {
      const round = await playRound(server, options);
      rounds.push(round);
      write(figuresOf(measured));
      say(`round ${rounds.length} of ${runs}: ${describeRound(round)}`);
    }
    const lanes = only.has('memory') ? await memory(server) : undefined;
    for (const line of describe(write(figuresOf({ ...measured, memory: lanes })))) say(line);
  } finally {
    await server.stop();
  }
}

/** Read before anything else is done: a wrong path is to be seen at once. */
function readBaseline(file: string): Baseline {
  const { rows, secondsPerMillionRows, peakRssMb, memory } = JSON.parse(
    readFileSync(file, 'utf8'),
  ) as Partial<Baseline>;
  if (rows === undefined || secondsPerMillionRows === undefined || peakRssMb === undefined)
    throw new Error(`${file} holds no figures of this benchmark`);
  return { rows, secondsPerMillionRows, peakRssMb, ...(memory && { memory }) };
}

await bench(parseOptions(process.argv.slice(2)));
