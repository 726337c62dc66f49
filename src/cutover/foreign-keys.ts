import { ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { withRole } from '../db/with-role.js';
import { readTable } from '../legacy/catalog.js';
import { foldedColumn } from '../mapping/bind.js';
import type { Phase } from '../mapping/phase.js';
import { foldedWithIds, type Targets } from '../mapping/targets.js';
import { rowAsTexts } from '../types/texts.js';
import { oidArray } from './preflight/findings.js';
import { executorOf, readExecutors } from './reverse/executors.js';

/** A foreign key of a table that is not restructured, to a legacy table of the phase. */
export interface ForeignKey {
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  /** Quoted, for statements. */
  readonly qualified: string;
  readonly oid: string;
  readonly target: string;
  /** Its one column; null where it has several. */
  readonly column: string | null;
  readonly targetColumn: string | null;
  /** As Postgres prints it. */
  readonly definition: string;
  /** Of a table with partitions, which takes no key that is not checked yet before PostgreSQL 18. */
  readonly isCheckedAtOnce: boolean;
}

export async function foreignKeysToPhase(session: Session, phase: Phase): Promise<ForeignKey[]> {
  const rows = await session.query(
    `select c.conname as name, n.nspname as schema, r.relname as table, r.oid::text as oid, t.relname as target,
       case when cardinality(c.conkey) = 1 then (select a.attname from pg_attribute a where a.attrelid = c.conrelid and a.attnum = c.conkey[1]) end as column,
       case when cardinality(c.confkey) = 1 then (select a.attname from pg_attribute a where a.attrelid = c.confrelid and a.attnum = c.confkey[1]) end as target_column,
       pg_get_constraintdef(c.oid) as definition, (r.relkind = 'p' and current_setting('server_version_num')::int < 180000)::text as checked_at_once
     from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace
     join pg_class t on t.oid = c.confrelid
     where c.contype = 'f' and c.conparentid = 0 and c.confrelid = any ($1::text::oid[]) and c.conrelid <> all ($1::text::oid[])
       and not exists (select from drydock.moved_tables m where m.oid = c.conrelid)
     order by 2, 3, 1`,
    [oidArray(phase.bound.sources.map(({ table }) => table))],
  );
  return rows.map((row) => ({
    name: String(row.name),
    schema: String(row.schema),
    table: String(row.table),
    qualified: qualified(String(row.schema), String(row.table)),
    oid: String(row.oid),
    target: String(row.target),
    column: row.column ?? null,
    targetColumn: row.target_column ?? null,
    definition: String(row.definition),
    isCheckedAtOnce: row.checked_at_once === 'true',
  }));
}

/** Whether the key can name rows of the unified table instead: it names legacy rows whose id those have. */
export function canBeRepointed(phase: Phase, key: ForeignKey): boolean {
  return (
    key.column !== null &&
    key.targetColumn === 'id' &&
    phase.bound.sources.some(
      ({ rule, columns }) =>
        rule.table === key.target && columns.some(({ name, home }) => name === 'id' && home.kind === 'id'),
    )
  );
}

/**
 * Makes a foreign key name the unified table: rows that name a folded duplicate name the row that it was folded
 * into, and what they were before is kept. The new key is not checked yet, where Postgres takes such a key. In the caller's transaction, which holds the
 * table. Gives the number of rows changed.
 */
export async function repoint(
  session: Session,
  phase: Phase,
  phaseId: number,
  targets: Targets,
  key: ForeignKey,
): Promise<number> {
  const folded = foldedRow(phase, targets, key);
  if (folded === null || key.column === null) return 0;
  const column = ident(key.column);
  const table = await readTable(session, key.schema, key.table);
  if (table === undefined) throw new Error(`${key.qualified} is locked and not there`);
  const changed = await session.execute(
    `insert into drydock.repointed (phase_id, schema_name, table_name, column_name, old_id, new_id, row_before)
     select ${phaseId}, ${literal(key.schema)}, ${literal(key.table)}, ${literal(key.column)}, t.${column}, f.unified_id, ${rowAsTexts(table.columns, 't')}
     from ${key.qualified} t join ${folded}`,
  );
  if (changed > 0) await renameRows(session, phaseId, key, key.column);
  const definition = key.definition
    .replace(/ REFERENCES .*?\("?id"?\)/, () => ` REFERENCES ${targets.unified.qualified}(id)`)
    .replace(/ NOT VALID$/, '');
  await session.execute(
    `alter table ${key.qualified} drop constraint ${ident(key.name)}, add constraint ${ident(key.name)} ${definition}${key.isCheckedAtOnce ? '' : ' not valid'}`,
  );
  return changed;
}

/** Triggers and expressions on the table are code of its owner, who may not look into the ledger: he gets a copy of the names. */
async function renameRows(session: Session, phaseId: number, key: ForeignKey, column: string): Promise<void> {
  const executor = executorOf(await readExecutors(session, [key]), key);
  await session.execute(
    `create temp table drydock_repointed on commit drop as select distinct old_id, new_id from drydock.repointed
     where phase_id = ${phaseId} and schema_name = ${literal(key.schema)} and table_name = ${literal(key.table)} and column_name = ${literal(column)}`,
  );
  await session.execute(`grant select on pg_temp.drydock_repointed to ${ident(executor.role)}`);
  await withRole(session, executor.role, () =>
    session.execute(
      `update ${key.qualified} x set ${ident(column)} = r.new_id from pg_temp.drydock_repointed r where r.old_id = x.${ident(column)}`,
    ),
  );
  await session.execute('drop table pg_temp.drydock_repointed');
}

/** SQL: the table of folded rows `f`, joined to a row `t` that names one of them; null for a key that is not re-pointed. */
function foldedRow(phase: Phase, targets: Targets, key: ForeignKey): string | null {
  const source = phase.bound.sources.find(({ rule }) => rule.table === key.target);
  if (source === undefined || key.column === null) return null;
  const column = `t.${ident(key.column)}`;
  return (
    `${foldedWithIds(targets)} f on f.source = ${literal(key.target)} and f.${ident(foldedColumn(source.rule, 'id'))} = ${column} ` +
    `and f.unified_id <> ${column}`
  );
}

/**
 * Unique indexes that would not take the key's rows when those of folded duplicates name the row that counts. Indexes of
 * expressions are not looked at.
 */
export async function collisions(
  session: Session,
  phase: Phase,
  targets: Targets,
  key: ForeignKey,
): Promise<{ readonly index: string; readonly rows: string }[]> {
  const folded = foldedRow(phase, targets, key);
  if (folded === null || key.column === null) return [];
  const indexes = await session.query(
    `select x.indexrelid::regclass::text as index, pg_get_expr(x.indpred, x.indrelid) as condition,
       (select string_agg(format(', t.%I', a.attname), '') from unnest(x.indkey[:x.indnkeyatts - 1]) k join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k where a.attname <> $2::text) as others
     from pg_index x
     where x.indrelid = $1::text::oid and x.indisunique and x.indexprs is null
       and (select a.attnum from pg_attribute a where a.attrelid = x.indrelid and a.attname = $2::text) = any (x.indkey[:x.indnkeyatts - 1])
     order by 1`,
    [key.oid, key.column],
  );
  const found: { readonly index: string; readonly rows: string }[] = [];
  for (const { index, condition, others } of indexes) {
    const own = `coalesce(f.unified_id, t.${ident(key.column)})`;
    const indexed = `(select * from ${key.qualified}${condition === null ? '' : ` where ${condition}`})`;
    const { rows } = await session.one(
      `select coalesce(sum(n), 0)::text as rows from (
         select count(f.unified_id) as n from ${indexed} t left join ${folded}
         where num_nulls(${own}${others ?? ''}) = 0 group by ${own}${others ?? ''} having count(*) > 1 and count(f.unified_id) > 0
       ) g`,
    );
    if (rows !== '0') found.push({ index: String(index), rows: String(rows) });
  }
  return found;
}
