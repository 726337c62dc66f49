import { arrayText } from '../db/array-text.js';
import type { Session } from '../db/session.js';
import { LEDGER_SCHEMA } from '../ledger/schema.js';
import { tableOf } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf } from '../mapping/targets.js';
import type { BenchStorage, TableSize } from '../reports/bench.js';

/**
 * What tables and indexes take on disk, before and after. A table that two phases name counts once; the ledger, with the
 * queue and the metrics' book-keeping, counts as one table of ours.
 *
 * @param further qualified names of what was made beside the tables: materialized views
 */
export async function measureStorage(
  session: Session,
  phases: readonly Phase[],
  further: readonly string[],
): Promise<BenchStorage> {
  const legacyTables = await sizes(
    session,
    phases.flatMap(({ bound }) => bound.sources.map(tableOf)),
  );
  const tables = await sizes(session, [
    ...phases.flatMap((phase) => {
      const { unified, folded } = targetsOf(phase);
      return [unified.qualified, folded.qualified];
    }),
    ...further,
  ]);
  const ledger = await sizes(session, await ledgerTables(session));
  const unifiedTables = [...tables, { ...sum(ledger), table: LEDGER }];
  const [legacy, unified] = [sum(legacyTables), sum(unifiedTables)];
  return {
    legacy,
    unified,
    savedPercent: legacy.total === 0 ? 0 : 100 * (1 - unified.total / legacy.total),
    legacyTables,
    unifiedTables,
  };
}

/** Partitions are part of their table. */
const SIZES = `
select t.name, sum(pg_relation_size(c.oid) + pg_relation_size(c.oid, 'fsm') + pg_relation_size(c.oid, 'vm') + pg_relation_size(c.oid, 'init'))::text as heap,
  sum(coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0))::text as toast,
  sum(pg_indexes_size(c.oid))::text as indexes
from unnest($1::text[]) with ordinality as t(name, place)
cross join lateral (
  select t.name::regclass as oid union select relid from pg_partition_tree(t.name::regclass) where relid is not null
) p
join pg_class c on c.oid = p.oid
group by t.name, t.place order by t.place`;

/** The name that the ledger's tables have together. */
const LEDGER = 'the ledger';

async function ledgerTables(session: Session): Promise<string[]> {
  const rows = await session.query(
    `select c.oid::regclass::text as name from pg_class c where c.relnamespace = $1::text::regnamespace and c.relkind = 'r'`,
    [LEDGER_SCHEMA],
  );
  return rows.map(({ name }) => String(name));
}

async function sizes(session: Session, tables: readonly string[]): Promise<TableSize[]> {
  const rows = await session.query(SIZES, [arrayText([...new Set(tables)])]);
  return rows.map((row) => {
    const [heap, toast, indexes] = [Number(row.heap), Number(row.toast), Number(row.indexes)];
    return { table: String(row.name), heap, toast, indexes, total: heap + toast + indexes };
  });
}

function sum(tables: readonly TableSize[]): TableSize {
  const of = (part: 'heap' | 'toast' | 'indexes' | 'total') =>
    tables.reduce((total, table) => total + table[part], 0);
  return { table: 'all', heap: of('heap'), toast: of('toast'), indexes: of('indexes'), total: of('total') };
}
