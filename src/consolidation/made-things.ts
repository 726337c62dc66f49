import { ident, literal, qualified } from '../db/identifier.js';
import type { ThingModel } from '../declare/model.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import { foldedColumn } from '../mapping/bind.js';
import type { Wanted } from '../mapping/wanted.js';

/** Relations that a pointer is looked up in: whole tables, or no more of them than some pointers name. */
interface Relations {
  readonly folded: string;
  readonly made: string;
}

/** What another consolidation made of the rows of a source, found by a pointer to one of them. All members make SQL. */
export interface MadeThings {
  /** The id of what a row of an alias points to, given its joins; null where it points to nothing. */
  id(alias: string): string;
  /** @param pointer of type uuid */
  joins(pointer: string, alias: string): string;
  /** CTE `folded_ids`: identities of rows that were folded into wanted things. */
  foldedInto(wanted: Wanted): string;
  /** The same joins to no more than what a query names: a query of one column `id`. */
  narrowed(named: string): {
    readonly queries: readonly string[];
    joins(pointer: string, alias: string): string;
  };
}

const NOTHING_FOLDED = 'folded_ids as (select null::uuid as id where false)';

/**
 * @param isMade whether that consolidation has its tables; before that, a plan goes by the legacy rows, each of which will be
 *   named by its identity or folded
 */
export function madeThings(of: ThingModel, legacy: LegacyDatabase, isMade: boolean): MadeThings {
  const table = legacy.tables.get(of.table);
  if (isMade && table !== undefined) return foldedOrNot(of, legacy.schema);
  if (isMade) return onlyMade(qualified(legacy.schema, of.into), 'id');
  return table === undefined ? NOTHING : onlyMade(qualified(table.schema, table.name), of.identity);
}

const NOTHING: MadeThings = {
  id: () => 'null::uuid',
  joins: () => '',
  foldedInto: () => NOTHING_FOLDED,
  narrowed: () => ({ queries: [], joins: () => '' }),
};

/** A pointer names what was made by its id. */
function onlyMade(made: string, column: string): MadeThings {
  const joined = (relation: string) => (pointer: string, alias: string) =>
    `left join ${relation} ${ident(`${alias}_u`)} on ${ident(`${alias}_u`)}.${ident(column)} = ${pointer}`;
  return {
    id: (alias) => `${ident(`${alias}_u`)}.${ident(column)}`,
    joins: joined(made),
    foldedInto: () => NOTHING_FOLDED,
    narrowed: (named) => ({ queries: [near(made, column, named)], joins: joined('made') }),
  };
}

const near = (made: string, column: string, ids: string) =>
  `made as materialized (select u.${ident(column)} from ${made} u where u.${ident(column)} = any (array(${ids})))`;

/** It names a row that may have been folded into another one. */
function foldedOrNot(
  { into, duplicates, table, identity, isOnePerKey }: ThingModel,
  schema: string,
): MadeThings {
  const all: Relations = { made: qualified(schema, into), folded: qualified(schema, duplicates) };
  const id = ident(foldedColumn({ table }, identity));
  const isOne = (alias: string) => `${alias}.source = ${literal(table)}`;
  const foldedInto = (f: string) =>
    isOnePerKey ? `(select k.id from ${all.made} k where k.merge_key = ${f}.merge_key)` : `${f}.unified_id`;
  const joined =
    ({ folded, made }: Relations) =>
    (pointer: string, alias: string) => {
      const [f, u] = [ident(`${alias}_f`), ident(`${alias}_u`)];
      return (
        `left join ${folded} ${f} on ${f}.${id} = ${pointer} and ${isOne(f)} ` +
        `left join ${made} ${u} on ${u}.id = coalesce(${foldedInto(f)}, ${pointer})`
      );
    };
  const columns = `f.source, f.${id}, ${isOnePerKey ? 'f.merge_key' : 'f.unified_id'}`;
  return {
    id: (alias) => `${ident(`${alias}_u`)}.id`,
    joins: joined(all),
    foldedInto: (wanted) =>
      `folded_ids as materialized (select f.${id} as id from ${all.folded} f where ${isOne('f')} and ${wanted.hasUuid(foldedInto('f'))})`,
    narrowed: (named) => ({
      queries: [
        `named as materialized (${named})`,
        `folded as materialized (select ${columns} from ${all.folded} f where ${isOne('f')} and f.${id} = any (array(select id from named)))`,
        near(all.made, 'id', `select id from named union select ${foldedInto('f')} from folded f`),
      ],
      joins: joined({ folded: 'folded', made: 'made' }),
    }),
  };
}
