import { ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { foldedColumn } from '../mapping/bind.js';
import type { Targets } from '../mapping/targets.js';
import type { Phase } from '../phases/phase.js';
import { oidArray } from './preflight/findings.js';

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
}

export async function foreignKeysToPhase(session: Session, phase: Phase): Promise<ForeignKey[]> {
  const rows = await session.query(
    `select c.conname as name, n.nspname as schema, r.relname as table, r.oid::text as oid, t.relname as target,
       case when cardinality(c.conkey) = 1 then (select a.attname from pg_attribute a where a.attrelid = c.conrelid and a.attnum = c.conkey[1]) end as column,
       case when cardinality(c.confkey) = 1 then (select a.attname from pg_attribute a where a.attrelid = c.confrelid and a.attnum = c.confkey[1]) end as target_column,
       pg_get_constraintdef(c.oid) as definition
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
 * Makes a foreign key name the unified table: rows that name a folded duplicate name the opportunity that it was folded
 * into, and what they were before is kept. The new key is not checked yet. In the caller's transaction, which holds the
 * table. Gives the number of rows changed.
 */
export async function repoint(
  session: Session,
  phase: Phase,
  phaseId: number,
  targets: Targets,
  key: ForeignKey,
): Promise<number> {
  const source = phase.bound.sources.find(({ rule }) => rule.table === key.target);
  if (source === undefined || key.column === null) return 0;
  const column = ident(key.column);
  const folded =
    `${targets.folded.qualified} f where f.source = ${literal(key.target)} and f.${ident(foldedColumn(source.rule, 'id'))} = t.${column} ` +
    `and f.unified_id <> t.${column}`;
  const changed = await session.execute(
    `insert into drydock.repointed (phase_id, schema_name, table_name, column_name, old_id, new_id, row_before)
     select ${phaseId}, ${literal(key.schema)}, ${literal(key.table)}, ${literal(key.column)}, t.${column}, f.unified_id, to_jsonb(t)
     from ${key.qualified} t, ${folded}`,
  );
  if (changed > 0) {
    await session.execute(
      `update ${key.qualified} x set ${column} = r.new_id from drydock.repointed r
       where r.phase_id = ${phaseId} and r.schema_name = ${literal(key.schema)} and r.table_name = ${literal(key.table)}
         and r.column_name = ${literal(key.column)} and r.old_id = x.${column}`,
    );
  }
  const definition = key.definition
    .replace(/ REFERENCES .*?\("?id"?\)/, () => ` REFERENCES ${targets.unified.qualified}(id)`)
    .replace(/ NOT VALID$/, '');
  await session.execute(
    `alter table ${key.qualified} drop constraint ${ident(key.name)}, add constraint ${ident(key.name)} ${definition} not valid`,
  );
  return changed;
}

/** Checks a re-pointed key; writers of the table go on meanwhile. */
export async function validate(session: Session, key: Pick<ForeignKey, 'qualified' | 'name'>): Promise<void> {
  await session.execute(`alter table ${key.qualified} validate constraint ${ident(key.name)}`);
}

/** Re-pointed keys that were not checked yet, because the command was killed in between. */
export async function unvalidated(
  session: Session,
  targets: Targets,
): Promise<Pick<ForeignKey, 'qualified' | 'name'>[]> {
  const rows = await session.query(
    `select c.conname as name, n.nspname as schema, r.relname as table
     from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace
     where c.contype = 'f' and not c.convalidated and c.confrelid = $1::text::regclass order by 2, 3, 1`,
    [targets.unified.qualified],
  );
  return rows.map((row) => ({
    name: String(row.name),
    qualified: qualified(String(row.schema), String(row.table)),
  }));
}
