import type { Session } from '../db/session.js';
import type { MovedTable, MovedTables } from '../legacy/moved.js';
import { viewName } from '../mapping/targets.js';

/** SQL: whether our table has the name of a moved one, which is under `m`. */
export const IS_TAKEN = `exists (select from drydock.objects o where o.phase_id = m.phase_id and o.kind = 'table' and o.schema_name = m.home and o.name = m.table_name)`;

/** The legacy tables of a schema's phases that are not under their own names now. Wants a ledger. */
export async function readMoved(session: Session, schema: string): Promise<MovedTables> {
  const rows = await session.query(
    `select m.table_name as name, m.home, m.moved_to, m.oid::text as oid, m.dropped::text as dropped, (p.state = 'completed')::text as completed, ${IS_TAKEN}::text as taken
     from drydock.moved_tables m join drydock.phases p on p.id = m.phase_id where p.schema_name = $1::text`,
    [schema],
  );
  return new Map(
    rows.map((row): [string, MovedTable] => {
      const name = row.name as string;
      return [
        name,
        {
          name,
          home: String(row.home),
          schema: String(row.moved_to),
          oid: String(row.oid),
          dropped: row.dropped === 'true',
          isCompleted: row.completed === 'true',
          isTaken: row.taken === 'true',
          view: row.taken === 'true' ? viewName(name) : name,
        },
      ];
    }),
  );
}

/** Enters that tables are kept elsewhere from now on, and the views under their names; in the transaction that moves them. */
export async function enterMoved(
  session: Session,
  phaseId: number,
  tables: readonly Pick<MovedTable, 'name' | 'home' | 'schema' | 'oid'>[],
): Promise<void> {
  await session.execute(
    `insert into drydock.moved_tables (phase_id, table_name, home, moved_to, oid, view_oid)
     select $1::int, m.name, m.home, m.schema, m.oid, format('%I.%I', m.home, m.name)::regclass
     from jsonb_to_recordset($2::jsonb) as m (name text, home text, schema text, oid oid)`,
    [phaseId, JSON.stringify(tables.map(({ name, home, schema, oid }) => ({ name, home, schema, oid })))],
  );
}

/** Enters that a phase's tables are back under their names; in the transaction that moves them. */
export async function forgetMoved(session: Session, phaseId: number): Promise<void> {
  await session.execute('delete from drydock.moved_tables where phase_id = $1::int', [phaseId]);
}

/** Enters that the moved tables of a phase are gone; in the transaction that drops them. */
export async function bookDropped(session: Session, phaseId: number): Promise<void> {
  await session.execute('update drydock.moved_tables set dropped = true where phase_id = $1::int', [phaseId]);
}

/** Old names under which there is not the view any more that a cutover, or a completion, put there. */
export async function replacedViews(session: Session, phaseId: number): Promise<string[]> {
  const rows = await session.query(
    `select m.home || '.' || m.table_name as name from drydock.moved_tables m
     where m.phase_id = $1::int and m.view_oid is distinct from to_regclass(format('%I.%I', m.home, m.table_name))::oid order by 1`,
    [phaseId],
  );
  return rows.map((row) => String(row.name));
}

/** Enters the views that a completion put under the old names; in the transaction that made them. */
export async function enterViews(session: Session, phaseId: number): Promise<void> {
  await session.execute(
    `update drydock.moved_tables m set view_picture = null, view_oid = format('%I.%I', m.home, m.table_name)::regclass where m.phase_id = $1::int`,
    [phaseId],
  );
}
