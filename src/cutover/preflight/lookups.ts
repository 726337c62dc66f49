import { executorOf, outOfReach, readExecutors } from '../reverse/executors.js';
import { type Check, stops } from './findings.js';

/**
 * What a direct write asks of a table that is no source, a crosswalk, is asked by a function of that table's owner: it may
 * belong to others than the legacy tables.
 */
export const lookups: Check = async ({ session, phase, serverVersion }) => {
  const tables = [...new Map(phase.reverse.lookups.map(({ table }) => [table.oid, table])).values()];
  if (tables.length === 0) return [];
  const found = (await outOfReach(session, tables, serverVersion)).map(({ table, role, me, grant }) =>
    stops(
      'owner',
      table,
      `What is written to the unified tables looks into it with the rights of its owner ${role}, and ${me} may not give a function to that role.`,
      `${grant}, or connect as a superuser.`,
    ),
  );
  const executors = await readExecutors(session, tables);
  for (const table of tables) {
    const { role } = executorOf(executors, table);
    const { name, readable } = await session.one(
      `select c.oid::regclass::text as name, has_table_privilege($1::text::name, c.oid, 'select')::text as readable
       from pg_class c where c.oid = $2::text::oid`,
      [role, table.oid],
    );
    if (readable === 'true') continue;
    found.push(
      stops(
        'owner',
        String(name),
        `What is written to the unified tables looks into it with the rights of ${role}, who may not read it.`,
        `grant select on ${name} to "${role}"`,
      ),
    );
  }
  return found;
};
