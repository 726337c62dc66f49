import { ident, qualified } from '../db/identifier.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import type { Targets } from '../mapping/targets.js';
import type { CutoverFinding } from '../reports/cutover.js';
import { warned } from './preflight/findings.js';

/**
 * Checks the re-pointed keys that were not checked yet; writers of their tables go on meanwhile. One that was not checked
 * before the cutover either may have rows from then that name nothing: it stays as it is, and is told.
 */
export async function validateKeys(session: Session, targets: Targets): Promise<CutoverFinding[]> {
  const rows = await session.query(
    `select c.conname as name, n.nspname as schema, r.relname as table
     from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace
     where c.contype = 'f' and not c.convalidated and c.conparentid = 0 and c.confrelid = $1::text::regclass
       and pg_get_constraintdef(c.oid) !~ ' NOT ENFORCED$' order by 2, 3, 1`,
    [targets.unified.qualified],
  );
  const found: CutoverFinding[] = [];
  for (const { name, schema, table } of rows) {
    const statement = `alter table ${qualified(String(schema), String(table))} validate constraint ${ident(String(name))}`;
    if (await withRetry(() => holds(session, statement))) continue;
    found.push(
      warned(
        'foreign-key',
        `${schema}.${table}.${name}`,
        'It holds for what is written, and is not validated: some of its rows name nothing, and did before.',
        `Mend these rows, then: ${statement}`,
      ),
    );
  }
  return found;
}

async function holds(session: Session, statement: string): Promise<boolean> {
  try {
    await session.execute(statement);
    return true;
  } catch (error) {
    if (sqlState(error) !== '23503') throw error;
    return false;
  }
}
