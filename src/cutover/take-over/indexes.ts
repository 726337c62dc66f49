import { generatedName, ident } from '../../db/identifier.js';
import type { Session } from '../../db/session.js';
import type { ConcurrentIndex } from '../../ledger/concurrent-index.js';
import type { Targets } from '../../mapping/targets.js';
import type { Taking } from './taking.js';

/** An index of the source that the unified table cannot have as it is, and why. */
export interface LostIndex {
  readonly name: string;
  readonly why: string;
}

/** The index by which the unified rows are found by their new ids; the primary key at last. */
export function idIndex({ id }: Taking, { unified }: Targets): ConcurrentIndex {
  return {
    schema: unified.schema,
    // As a foreign key to the column wants it: one is enough.
    name: generatedName(unified.name, id.meanwhile, 'key'),
    table: unified.name,
    on: `(${ident(id.meanwhile)})`,
    isUnique: true,
  };
}

/**
 * The indexes of a target which the unified table gets as well, so that statements that rest on them go on: look-ups, and
 * `on conflict` with the columns of a unique one. A unique index over values that several unified rows share is not made.
 */
export async function targetIndexes(
  session: Session,
  taking: Taking,
  { unified }: Targets,
): Promise<{ readonly kept: readonly ConcurrentIndex[]; readonly lost: readonly LostIndex[] }> {
  if (taking.name === null) return { kept: [], lost: [] };
  const rows = await session.query(
    `select c.relname as name, x.indisunique::text as is_unique, k.names::text as names,
       case when x.indexprs is not null then 'it is of an expression' when x.indpred is not null then 'it is of some rows only'
         when not x.indimmediate then 'it is checked at the end of a transaction' when m.amname <> 'btree' or not k.usual then 'it is of another kind' end as special,
       coalesce((to_jsonb(x) ->> 'indnullsnotdistinct')::boolean, false)::text as nulls_meet
     from pg_index x join pg_class c on c.oid = x.indexrelid join pg_am m on m.oid = c.relam
     cross join lateral (
       select json_agg(a.attname order by k.at) as names, bool_and(o.opcdefault and a.attcollation = k.collated) as usual
       from unnest(x.indkey[:x.indnkeyatts - 1], x.indclass[:x.indnkeyatts - 1], x.indcollation[:x.indnkeyatts - 1]) with ordinality k (attnum, opclass, collated, at)
       join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum join pg_opclass o on o.oid = k.opclass) k
     where x.indrelid = $1::text::oid and x.indisvalid order by 1`,
    [taking.source.table.oid],
  );
  const kept: ConcurrentIndex[] = [];
  const lost: LostIndex[] = [];
  for (const row of rows) {
    const name = String(row.name);
    if (row.special != null) {
      lost.push({ name, why: `${row.special}` });
      continue;
    }
    const columns = (JSON.parse(String(row.names)) as string[]).map((column) =>
      column === taking.id.column ? taking.id.meanwhile : column,
    );
    // That one becomes the primary key.
    if (columns.length === 1 && columns[0] === taking.id.meanwhile) continue;
    const isUnique = row.is_unique === 'true';
    const nullsMeet = row.nulls_meet === 'true';
    const repeated = isUnique ? await repeats(session, unified.qualified, columns, nullsMeet) : 0;
    if (repeated > 0) {
      lost.push({
        name,
        why: `${repeated} rows of the unified table share ${columns.join(', ')} with another one`,
      });
      continue;
    }
    const list = `(${columns.map(ident).join(', ')})${nullsMeet ? ' nulls not distinct' : ''}`;
    kept.push({ schema: unified.schema, name, table: unified.name, on: list, isUnique });
  }
  return { kept: await withFreeNames(session, kept), lost };
}

async function repeats(
  session: Session,
  table: string,
  columns: readonly string[],
  nullsMeet: boolean,
): Promise<number> {
  const names = columns.map((column) => `u.${ident(column)}`);
  const counted = nullsMeet ? 'true' : names.map((name) => `${name} is not null`).join(' and ');
  const { n } = await session.one(
    `select coalesce(sum(g.n - 1), 0)::text as n from (select count(*) as n from ${table} u where ${counted} group by ${names.join(', ')} having count(*) > 1) g`,
  );
  return Number(n);
}

/** The table that had the names is in another schema by now; what else has one of them keeps it. */
async function withFreeNames(
  session: Session,
  indexes: readonly ConcurrentIndex[],
): Promise<ConcurrentIndex[]> {
  const found: ConcurrentIndex[] = [];
  for (const index of indexes) {
    const { taken } = await session.one(
      `select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index x on x.indexrelid = c.oid
         where n.nspname = $1::text and c.relname = $2::text and (x.indrelid is null or x.indrelid <> $3::text::regclass))::text as taken`,
      [index.schema, index.name, `${ident(index.schema)}.${ident(index.table)}`],
    );
    found.push(taken === 'true' ? { ...index, name: generatedName(index.table, index.name) } : index);
  }
  return found;
}
