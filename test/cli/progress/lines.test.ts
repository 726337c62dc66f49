import { describe, expect, test } from 'vitest';
import type { Globals } from '../../../src/cli/globals.js';
import type { Sink } from '../../../src/cli/io.js';
import { createLog } from '../../../src/cli/log.js';
import { lineDisplay } from '../../../src/cli/progress/lines.js';
import { PLAIN } from '../../../src/cli/style.js';
import type { ProgressEvent } from '../../../src/reports/progress.js';

/** Shows events at given milliseconds, and gives what was logged. */
function logged(globals: Partial<Globals>, events: readonly (readonly [ms: number, event: ProgressEvent])[]) {
  const written: string[] = [];
  const sink = { style: PLAIN, raw: (text: string) => void written.push(text) } as unknown as Sink;
  let clock = 0;
  const log = createLog({ json: false, verbose: false, color: false, logFormat: 'text', ...globals }, sink);
  const display = lineDisplay(log, () => clock);
  for (const [ms, event] of events) {
    clock = ms;
    display.show(event);
  }
  display.stop();
  return written;
}

const batch = (number: number, doneBatches = number): ProgressEvent => ({
  type: 'batch',
  phase: 'opportunities',
  batch: number,
  rows: 1000,
  doneBatches,
  totalBatches: 4,
  doneRows: doneBatches * 1000,
  totalRows: 4000,
});

const events: readonly (readonly [number, ProgressEvent])[] = [
  [0, { type: 'phase', phase: 'opportunities', batches: 4, rows: 4000 }],
  [0, { type: 'step', phase: 'opportunities', step: 'load' }],
  [1000, batch(1)],
  [2000, batch(2)],
  [2500, batch(3)],
  [2600, { type: 'notice', level: 'warn', message: 'odd\nvalue' }],
  [3000, batch(4)],
];

describe('progress as lines', () => {
  test('has every step, a line each two seconds, and the end', () => {
    expect(logged({}, events)).toEqual([
      'opportunities: up to 4,000 rows in 4 batches\n',
      'opportunities: unifying rows\n',
      'opportunities: 50%, 2,000 of 4,000 rows, 2 of 4 batches, 1,000 rows/s, 2.0 s left\n',
      'warning: odd\\nvalue\n',
      'opportunities: 100%, 4,000 of 4,000 rows, 4 of 4 batches, 1,333 rows/s\n',
    ]);
  });

  test('says which orders were followed, and does not count the time of a halt', () => {
    const order = {
      type: 'order',
      phase: 'opportunities',
      by: 'ops@web2',
      at: 'noon',
      maxRate: 500,
    } as const;
    const told = logged({}, [
      ...events.slice(0, 3),
      [2000, { ...order, order: 'paused' }],
      [60_000, { ...order, order: 'resumed' }],
      [60_000, { ...order, order: 'throttled' }],
      [62_000, batch(4)],
    ]);
    expect(told.slice(2)).toEqual([
      'opportunities: paused by ops@web2, noon; drydock resume lets it go on\n',
      'opportunities: resumed by ops@web2, noon\n',
      'opportunities: no more than 500 rows/s: throttled by ops@web2, noon\n',
      'opportunities: 100%, 4,000 of 4,000 rows, 4 of 4 batches, 500 rows/s\n',
    ]);
  });

  test('with --verbose has every batch, with time, level and fields', () => {
    const lines = logged({ verbose: true }, events);
    expect(lines).toHaveLength(events.length);
    expect(lines[2]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} debug opportunities: batch 1 phase="opportunities" batch=1 rows=1000/,
    );
  });

  test('with --log-format json is JSON', () => {
    const lines = logged({ logFormat: 'json' }, events).map((line) => JSON.parse(line) as object);
    expect(lines.at(-1)).toMatchObject({ level: 'info', phase: 'opportunities', doneRows: 4000 });
  });

  test('with --json is silent', () => {
    expect(logged({ json: true }, events)).toEqual([]);
  });
});
