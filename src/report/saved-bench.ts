import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DrydockError } from '../errors.js';
import { quoted } from '../format/printable.js';
import type { BenchReport } from '../reports/bench.js';

/** The file names of saved benchmarks sort by time. */
const SAVED_BENCH = /^drydock-bench-\d{8}T\d{6}Z\.json$/;

const maybeNumber = z.number().nullable();
const timing = z.object({
  runs: z.number(),
  p50: z.number(),
  p95: z.number(),
  cold: maybeNumber,
  cpu: maybeNumber,
  buffers: z.object({ hit: z.number(), read: z.number(), temporary: z.number() }),
  plan: z.object({ nodes: z.number(), joins: z.number() }),
  sql: z.string(),
});
const query = z.object({
  group: z.string(),
  name: z.string(),
  asks: z.string(),
  status: z.enum(['measured', 'different', 'left-out']),
  reason: z.string().nullable(),
  rows: maybeNumber,
  legacyMs: maybeNumber,
  unifiedMs: maybeNumber,
  speedup: maybeNumber,
  legacy: timing.nullable(),
  unified: timing.nullable(),
});
const size = z.object({
  table: z.string(),
  heap: z.number(),
  toast: z.number(),
  indexes: z.number(),
  total: z.number(),
});
const result = z.object({
  seconds: z.number(),
  queries: z.number(),
  perSecond: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
});
const words = z.record(z.string(), z.string());
const saved = z.object({
  database: z.string(),
  schema: z.string(),
  server: z.string(),
  at: z.string(),
  legacyRows: z.number(),
  shapes: words,
  settings: words,
  equal: z.boolean(),
  queries: z.array(query),
  storage: z
    .object({
      legacy: size,
      unified: size,
      savedPercent: z.number(),
      legacyTables: z.array(size),
      unifiedTables: z.array(size),
    })
    .nullable(),
  load: z
    .object({ readers: z.number(), questions: z.array(z.string()), legacy: result, unified: result })
    .nullable(),
  targets: z.array(
    z.object({
      name: z.string(),
      goal: z.string(),
      measured: z.string().nullable(),
      met: z.boolean().nullable(),
    }),
  ),
  goalsFor: z.string().optional(),
  notMeasured: z.array(z.string()),
  seconds: z.number(),
}) satisfies z.ZodType<BenchReport>;

/**
 * Reads a benchmark that was saved.
 *
 * @param path a file, or a directory of which the newest one is taken
 */
export async function readSavedBench(path: string): Promise<BenchReport> {
  let file = path;
  let text: string;
  try {
    if ((await stat(path)).isDirectory()) {
      const newest = (await readdir(path))
        .filter((name) => SAVED_BENCH.test(name))
        .sort()
        .at(-1);
      if (newest === undefined) throw unusable(path, 'it holds no saved benchmark');
      file = join(path, newest);
    }
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof DrydockError) throw error;
    throw unusable(file, `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`, error);
  }
  try {
    return saved.parse(JSON.parse(text));
  } catch (error) {
    throw unusable(file, 'it holds something else', error);
  }
}

function unusable(path: string, why: string, cause?: unknown): DrydockError {
  return new DrydockError({
    code: 'no-benchmark',
    what: `${quoted(path)} is no saved benchmark: ${why}.`,
    state: 'No report was written.',
    next: 'Name a file, or the directory, that `drydock bench --save DIR` wrote.',
    cause,
  });
}
