import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { insertSelect } from './contenders/insert-select.js';
import { ours } from './contenders/ours.js';
import { rawCopy } from './contenders/raw-copy.js';
import { scan } from './contenders/scan.js';
import { describeMachine, startBenchServer } from './server.js';

/** A whole number of at least one. */
function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It has to be a whole number above 0.');
  return value;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

const options = new Command('bench')
  .description('Measure the opportunities phase against its peers, on one database, in one run')
  .option('--rows <n>', 'submissions to make', count, 500_000)
  .option('--runs <k>', 'times to measure each contender, alternating', count, 3)
  .option('--json <file>', 'also write the figures there')
  .parse()
  .opts<{ rows: number; runs: number; json?: string }>();

const say = (line: string) => process.stdout.write(`${line}\n`);

say(`Making the legacy data of ${options.rows.toLocaleString('en')} submissions ...`);
const server = await startBenchServer(options.rows);
try {
  const seconds = {
    ours: [] as number[],
    insertSelect: [] as number[],
    rawCopy: [] as number[],
    verify: [] as number[],
    scan: [] as number[],
  };
  let [legacyRows, bytes, peakRssBytes] = [0, 0, 0];
  for (let run = 1; run <= options.runs; run += 1) {
    const our = await ours(server);
    seconds.ours.push(our.seconds);
    seconds.verify.push(our.verifySeconds);
    legacyRows = our.legacyRows;
    peakRssBytes = Math.max(peakRssBytes, our.peakRssBytes);
    seconds.insertSelect.push(await insertSelect(server));
    const raw = await rawCopy(server);
    seconds.rawCopy.push(raw.seconds);
    bytes = raw.bytes;
    seconds.scan.push(await scan(server));
    const latest = Object.entries(seconds).map(([name, values]) => `${name} ${values.at(-1)?.toFixed(2)} s`);
    say(`run ${run} of ${options.runs}: ${latest.join(', ')}`);
  }
  const medians = Object.fromEntries(
    Object.entries(seconds).map(([name, values]) => [name, median(values)]),
  ) as Record<keyof typeof seconds, number>;
  const figures = {
    rows: options.rows,
    runs: options.runs,
    legacyRows,
    seconds,
    medians,
    ratios: {
      oursOverInsertSelect: medians.ours / medians.insertSelect,
      oursOverRawCopy: medians.ours / medians.rawCopy,
      verifyOverOurs: medians.verify / medians.ours,
      verifyOverScan: medians.verify / medians.scan,
    },
    rowsPerSecond: legacyRows / medians.ours,
    megabytesPerSecond: bytes / 1e6 / medians.ours,
    peakRssMb: peakRssBytes / 2 ** 20,
    machine: await describeMachine(server),
  };
  say('');
  for (const [name, value] of Object.entries(medians))
    say(`${name.padEnd(22)} ${value.toFixed(2).padStart(8)} s`);
  for (const [name, value] of Object.entries(figures.ratios))
    say(`${name.padEnd(22)} ${value.toFixed(2).padStart(8)}`);
  say(`${'rows/s'.padEnd(22)} ${Math.round(figures.rowsPerSecond).toLocaleString('en').padStart(8)}`);
  say(`${'MB/s'.padEnd(22)} ${figures.megabytesPerSecond.toFixed(1).padStart(8)}`);
  say(`${'peak memory'.padEnd(22)} ${figures.peakRssMb.toFixed(0).padStart(8)} MiB`);
  for (const [name, value] of Object.entries(figures.machine)) say(`${name.padEnd(22)} ${value}`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
} finally {
  await server.stop();
}
