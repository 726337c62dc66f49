import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { SourceCounts } from '../ledger/batches.js';
import { SCRATCH_KEYS } from '../mapping/scratch.js';
import { batchNumber, type SyncJob } from './job.js';

/** Rows of the changed keys, by batch and then by what they are: `out`, `primary:…`, `folded:…`, `rejected:…`; and the `keys`. */
export type KeyCounts = ReadonlyMap<number, ReadonlyMap<string, number>>;

/** Counts in our tables what the changed keys hold. */
export async function countKeys(session: Session, job: SyncJob): Promise<KeyCounts> {
  const { phase, targets, phaseId } = job;
  const batch = batchNumber(job, 't.merge_key');
  const changed = SCRATCH_KEYS.condition('t.merge_key');
  const flags = phase.bound.sources.flatMap(({ rule }) =>
    rule.flag === null ? [] : [{ table: rule.table, flag: `t.${ident(rule.flag)}` }],
  );
  const kinds = [
    `('keys', u.keys)`,
    `('out', u.out)`,
    ...flags.map(({ table }, index) => `(${literal(`primary:${table}`)}, u.n${index})`),
  ];
  const counted = flags.map(({ flag }, index) => `, count(*) filter (where ${flag}) as n${index}`).join('');
  const rows = await session.query(
    `select u.batch, k.kind, k.n from (
       select ${batch} as batch, count(distinct t.merge_key) as keys, count(*) as out${counted}
       from ${targets.unified.qualified} t where ${changed} group by 1
     ) u cross join lateral (values ${kinds.join(', ')}) k (kind, n) where k.n > 0
     union all
     select ${batch}, 'folded:' || t.source, count(*) from ${targets.folded.qualified} t where ${changed} group by 1, 2
     union all
     select ${batch}, 'rejected:' || t.source, count(*) from drydock.rejects t where t.phase_id = ${phaseId} and ${changed} group by 1, 2`,
  );
  const counts = new Map<number, Map<string, number>>();
  for (const row of rows) {
    const number = Number(row.batch);
    const ofBatch = counts.get(number) ?? new Map<string, number>();
    counts.set(number, ofBatch.set(String(row.kind), Number(row.n)));
  }
  return counts;
}

/** How many keys have unified rows, or had: candidates that turned out to be nobody's do not count. */
export function keysOf(before: KeyCounts, after: KeyCounts): number {
  const numbers = [...new Set([...before.keys(), ...after.keys()])];
  const keys = (counts: KeyCounts, number: number) => counts.get(number)?.get('keys') ?? 0;
  return numbers.reduce((sum, number) => sum + Math.max(keys(before, number), keys(after, number)), 0);
}

/**
 * Books in the ledger what the changed keys hold more or less than before: so the accounting of every batch stays what
 * a fresh load of it would have given.
 */
export async function bookChanges(
  session: Session,
  job: SyncJob,
  before: KeyCounts,
  after: KeyCounts,
): Promise<void> {
  const numbers = [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => a - b);
  const changed = numbers.filter((number) => differs(before.get(number), after.get(number)));
  if (changed.length === 0) return;
  const entries = await session.query(
    `select number, sources::text as sources, rows_in, rows_out, folded, rejected
     from drydock.batches where phase_id = $1::int and number = any ($2::int[]) order by number for update`,
    [job.phaseId, `{${changed.join(',')}}`],
  );
  const updates = entries.map((entry) => {
    const number = Number(entry.number);
    const more = (kind: string) => (after.get(number)?.get(kind) ?? 0) - (before.get(number)?.get(kind) ?? 0);
    const booked = JSON.parse(String(entry.sources)) as Record<string, SourceCounts>;
    const sources: Record<string, SourceCounts> = {};
    const total = { read: 0, folded: 0, rejected: 0 };
    for (const { rule } of job.phase.bound.sources) {
      const then = booked[rule.table] ?? { read: 0, primary: 0, folded: 0, rejected: 0 };
      const delta = {
        primary: more(`primary:${rule.table}`),
        folded: more(`folded:${rule.table}`),
        rejected: more(`rejected:${rule.table}`),
      };
      const read = delta.primary + delta.folded + delta.rejected;
      sources[rule.table] = {
        read: then.read + read,
        primary: then.primary + delta.primary,
        folded: then.folded + delta.folded,
        rejected: then.rejected + delta.rejected,
      };
      total.read += read;
      total.folded += delta.folded;
      total.rejected += delta.rejected;
    }
    return {
      number,
      sources,
      rows_in: Number(entry.rows_in) + total.read,
      rows_out: Number(entry.rows_out) + more('out'),
      folded: Number(entry.folded) + total.folded,
      rejected: Number(entry.rejected) + total.rejected,
    };
  });
  await session.execute(
    `update drydock.batches b set sources = u.sources, rows_in = u.rows_in, rows_out = u.rows_out, folded = u.folded, rejected = u.rejected
     from jsonb_to_recordset($2::jsonb) as u (number int, sources jsonb, rows_in bigint, rows_out bigint, folded bigint, rejected bigint)
     where b.phase_id = $1::int and b.number = u.number`,
    [job.phaseId, JSON.stringify(updates)],
  );
}

function differs(
  a: ReadonlyMap<string, number> = new Map(),
  b: ReadonlyMap<string, number> = new Map(),
): boolean {
  return [...new Set([...a.keys(), ...b.keys()])].some((kind) => (a.get(kind) ?? 0) !== (b.get(kind) ?? 0));
}
