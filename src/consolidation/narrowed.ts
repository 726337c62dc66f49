import { ident, qualified } from '../db/identifier.js';
import type { StepModel } from '../declare/model.js';
import { columnOf } from '../legacy/catalog.js';
import {
  candidates,
  givesNoUuid,
  rowsWhere,
  uuidIsIn,
  uuidIsWanted,
  withClause,
} from '../mapping/candidates.js';
import type { KeyedSource } from '../mapping/keyed-source.js';
import type { Wanted } from '../mapping/wanted.js';
import { type BoundSources, isNeverNull, ladderOf, namedKey } from './keys.js';

type Known = BoundSources extends ReadonlyMap<string, infer Source> ? Source : never;
type Via = Extract<StepModel, { kind: 'via' }>;

/**
 * A ladder whose keys are uuids that stand in the rows, or in the rows that these point to, so that an index finds those of a
 * wanted key: it asks for a thing, and goes through at most one pointer to rows that do the same. Null: any other ladder.
 */
function uuidLadder(
  source: Known,
  sources: BoundSources,
  isPointedTo = false,
): { readonly via: readonly Via[] } | null {
  const { match } = source.model;
  const via: Via[] = [];
  for (const step of match) {
    if (step.kind === 'same') return null;
    if (step.kind !== 'via') continue;
    const target = sources.get(step.table);
    if (target === undefined) continue;
    const isUuid = (table: Known, column: string) =>
      columnOf(table.bound.table, column)?.type.kind === 'uuid';
    const [identity, column] = [target.model.identity[0], step.columns[0]];
    if (isPointedTo || step.columns.length > 1 || identity === undefined || column === undefined) return null;
    if (target.model.within.length > 0 || !isUuid(target, identity) || !isUuid(source, column)) return null;
    if (uuidLadder(target, sources, true) === null) return null;
    via.push(step);
  }
  return source.made === undefined || via.length > 1 ? null : { via };
}

/** Rows of a few keys, and what their keys are made of; null where a ladder has to be asked about every row. */
export function narrowedThings(
  source: Known,
  sources: BoundSources,
  wanted: Wanted,
): ReturnType<KeyedSource['narrowed']> | null {
  const ladder = uuidLadder(source, sources);
  const { made, model } = source;
  if (ladder === null || made === undefined) return null;
  const { table } = source.bound;
  const [step] = ladder.via;
  const target = step === undefined ? undefined : sources.get(step.table);
  const column = step?.columns[0];
  const before: string[] = [];
  const after: string[] = [];
  const conditions = keyIsWanted(source, 'r', wanted);
  const pointers = namedThings(source, 'r');
  let joined = '';
  if (step !== undefined && target !== undefined && column !== undefined) {
    const { bound } = target;
    const identity = ident(target.model.identity[0] as string);
    const relation = qualified(bound.table.schema, bound.table.name);
    const ids = `select ${identity} as id ${rowsWhere(relation, 'p', keyIsWanted(target, 'p', wanted))}`;
    before.push(`wanted_rows as materialized (${ids})`);
    conditions.push(uuidIsIn(table, 'r', column, 'select id from wanted_rows'));
    after.push(
      `pointed as materialized (select p.* from ${relation} p where p.${identity} = any (array(select r.${ident(column)} from r)))`,
    );
    joined = `left join pointed p on p.${identity} = r.${ident(column)}`;
    pointers.push(...namedThings(target, 'p'));
  }
  const asked = pointers.map((pointer) => `(${pointer})`).join(', ');
  const near = made.narrowed(
    pointers.length === 0
      ? 'select null::uuid as id where false'
      : `select x.id from r ${joined} cross join lateral (values ${asked}) x (id)`,
  );
  // The same sources, whose rows and things are looked up among a few.
  const among = new Map(
    [...sources].map(([name, one]) => [
      name,
      { ...one, made: { ...made, joins: near.joins }, ...(one === target && { relation: 'pointed' }) },
    ]),
  );
  return {
    with: withClause([
      made.foldedInto(wanted),
      ...before,
      candidates(source.bound, wanted, conditions),
      ...after,
      ...near.queries,
    ]),
    joins: ladderOf(model.table, 'r', among).joins,
  };
}

/** The pointers by which rows of an alias ask for a thing. */
function namedThings({ model, bound }: Known, alias: string): string[] {
  return model.match.flatMap((step) => (step.kind === 'thing' ? [namedKey(step.column, bound, alias)] : []));
}

/** Conditions: a row may have a wanted key, by what is in itself. */
function keyIsWanted({ model, bound }: Known, alias: string, wanted: Wanted): string[] {
  const { table } = bound;
  const folded: string[] = [];
  const conditions = new Set<string>();
  /** Columns that gave it no key, where a later one does. */
  const none: string[] = [];
  for (const step of model.match) {
    if (step.kind !== 'thing' && step.kind !== 'named') continue;
    const { kind, column } = step;
    if (kind === 'thing') folded.push(uuidIsIn(table, alias, column, 'select id from folded_ids'));
    conditions.add([...none, uuidIsWanted(table, alias, column, wanted)].join(' and '));
    if (kind === 'named') none.push(givesNoUuid(table, alias, column));
  }
  const last = model.match.at(-1);
  const isNamed = last?.kind === 'named' && isNeverNull(bound, last.column);
  // Else its key may be made of the row itself.
  return [...conditions, ...folded, ...(isNamed ? [] : [none.length === 0 ? 'true' : none.join(' and ')])];
}
