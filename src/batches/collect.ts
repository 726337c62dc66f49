import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { transform } from 'stream-transform';
import { closeGroup, type Grouper } from '../extract/group.js';
import { BatchRows } from '../load/batch-rows.js';
import type { Group } from '../mapping/merger.js';
import type { Phase } from '../mapping/phase.js';

/**
 * Reads the groups below a key and merges them: the first half of a batch, without a transaction. A record of the
 * pipeline is a chunk of groups, not a row: a stream's cost is per record.
 */
export async function collectBatch(
  phase: Phase,
  grouper: Grouper,
  end: string | null,
  onRows: (rows: number) => void,
  signal: AbortSignal | undefined,
): Promise<BatchRows> {
  const rows = new BatchRows(phase.bound.sources.map((source) => source.rule.table));
  try {
    await pipeline(
      Readable.from(grouper.until(end), { highWaterMark: 1 }),
      transform({ parallel: 1, highWaterMark: 1 }, (groups: Group[]) => mergeChunk(phase, groups, rows)),
      new Writable({
        objectMode: true,
        highWaterMark: 1,
        write(chunk: ReturnType<typeof mergeChunk>, _encoding, done) {
          onRows(chunk.read);
          done();
        },
      }),
      ...(signal === undefined ? [] : [{ signal }]),
    );
  } catch (error) {
    rows.close();
    throw error;
  }
  return rows;
}

/** Gives the number of legacy rows that went in; in an object, because stream-transform makes numbers into text. */
function mergeChunk(phase: Phase, groups: readonly Group[], rows: BatchRows): { readonly read: number } {
  let read = 0;
  for (const group of groups) {
    for (const source of group.rows) read += source.count;
    try {
      phase.merger.merge(group, rows);
    } finally {
      closeGroup(group);
    }
  }
  return { read };
}
