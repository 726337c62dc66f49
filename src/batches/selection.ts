import type { Context } from '../context/context.js';
import { ident } from '../db/identifier.js';
import { DrydockError } from '../errors.js';
import { spelledOut } from '../format/moment.js';
import { KeyRange } from '../keys/key-range.js';
import { isUuid } from '../keys/uuid.js';
import type { Batch } from '../ledger/batches.js';
import { fromClause } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';
import type { RangeOptions } from '../reports/target.js';
import { isMoment } from '../transform/timestamps.js';

/** A part of a phase to work on: the batches that it touches, and the keys within them. */
export interface Selection {
  readonly batches: readonly Batch[];
  readonly keys: KeyRange;
}

/** Refuses a range that no phase can have, or not this one, without a look at its rows. */
export function requirePossible(batches: readonly Batch[], options: RangeOptions): void {
  const forms = [options.batches, options.keys, options.since].filter((form) => form !== undefined);
  if (forms.length > 1) throw impossible('Give only one of batches, keys and since.');
  if (options.batches !== undefined) byNumber(options.batches.from, options.batches.to, batches);
  if (options.keys !== undefined) byKeys(options.keys, batches);
  if (options.since !== undefined) requireTime(options.since);
}

/** The part of a phase that range options name; null when they name none, which means everything. */
export async function select(
  context: Context,
  phase: Pick<Phase, 'keyed'>,
  batches: readonly Batch[],
  options: RangeOptions,
): Promise<Selection | null> {
  requirePossible(batches, options);
  if (options.batches !== undefined) return byNumber(options.batches.from, options.batches.to, batches);
  if (options.keys !== undefined) return byKeys(options.keys, batches);
  return options.since === undefined ? null : bySince(context, phase, batches, options.since);
}

function impossible(what: string): DrydockError {
  return new DrydockError({
    code: 'impossible-range',
    what,
    // A first run has made tables and started capture by then: there are no batches to choose from before.
    state: 'No batch was loaded or compared; the legacy tables are as they were.',
    next: 'drydock status --batches lists the batches and their keys.',
  });
}

function byNumber(from: number, to: number, batches: readonly Batch[]): Selection {
  if (from > to) throw impossible(`The batch range ${from}..${to} is the wrong way round.`);
  if (from < 1 || to > batches.length)
    throw impossible(`There are batches 1 to ${batches.length}; ${from}..${to} is not among them.`);
  return { batches: batches.slice(from - 1, to), keys: KeyRange.ALL };
}

function byKeys(
  keys: { readonly from?: string | undefined; readonly to?: string | undefined },
  batches: readonly Batch[],
): Selection {
  for (const key of [keys.from, keys.to]) {
    if (key !== undefined && !isUuid(key)) throw impossible(`"${key}" is not a key: keys are uuids.`);
  }
  const range = new KeyRange(keys.from?.toLowerCase() ?? null, keys.to?.toLowerCase() ?? null);
  if (range.isEmpty)
    throw impossible(`The key range ${range} holds no key: its end is not behind its beginning.`);
  const touched = batches.filter((batch) => !batch.range.intersect(range).isEmpty);
  return { batches: touched, keys: range };
}

function requireTime(since: string): string {
  const from = spelledOut(since);
  if (!/^\d{4}(-\d\d(-\d\d(T.+)?)?)?$/.test(from) || Number.isNaN(Date.parse(from)))
    throw impossible(`"${since}" is not a time that can be understood (ISO 8601).`);
  return from;
}

/** Rows of it would be left out without a word. */
function timeless(table: string): DrydockError {
  return new DrydockError({
    code: 'impossible-range',
    what: `Source ${table} has no declared times: nothing says which of its rows were made or changed since then.`,
    state: 'No batch was loaded or compared; the legacy tables are as they were.',
    next: 'Declare times for it, or name batches or keys instead.',
  });
}

/** Batches that hold a key with a legacy row whose time columns say that it was made or changed since then. */
async function bySince(
  context: Context,
  phase: Pick<Phase, 'keyed'>,
  batches: readonly Batch[],
  since: string,
): Promise<Selection> {
  const from = requireTime(since);
  const changed = phase.keyed.flatMap((keyed) => {
    const { rule, columns } = keyed.source;
    const times = columns.filter(
      ({ name, type }) => isMoment(type.kind) && (rule.times === undefined || rule.times.includes(name)),
    );
    if (times.length === 0 && rule.times !== undefined) throw timeless(rule.table);
    if (times.length === 0) return [];
    const conditions = times.map((column) => `r.${ident(column.name)} >= $1::timestamptz`);
    return [`select ${keyed.key} as merge_key from ${fromClause(keyed)} where ${conditions.join(' or ')}`];
  });
  const touched = new Set<Batch>();
  if (changed.length > 0) {
    const query = `${phase.keyed[0]?.with ?? ''} select distinct merge_key from (${changed.join(' union all ')}) k order by 1`;
    let at = 0;
    for await (const row of context.session.stream(query, [new Date(from).toISOString()])) {
      const key = String(row.merge_key);
      while (at < batches.length && batches[at]?.range.contains(key) !== true) at += 1;
      const batch = batches[at];
      if (batch !== undefined) touched.add(batch);
    }
  }
  return { batches: [...touched], keys: KeyRange.ALL };
}
