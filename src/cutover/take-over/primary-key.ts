import { generatedName, ident, literal } from '../../db/identifier.js';
import { withRetry } from '../../db/retry.js';
import type { Session } from '../../db/session.js';
import type { Phase } from '../../mapping/phase.js';
import { targetsOf } from '../../mapping/targets.js';

/**
 * Makes the ids that were taken over the primary key of a completed phase, unless they are: what is there is checked while
 * others write, and each lock is held for a moment.
 */
export async function finishPrimaryKey(session: Session, phase: Phase): Promise<void> {
  const { takeOver } = phase.bound.mapping;
  if (takeOver === undefined) return;
  const { unified } = targetsOf(phase);
  const id = ident(takeOver.id.then);
  const [found] = await session.query(
    `select i.relname as index, exists (select from pg_index p where p.indrelid = x.indrelid and p.indisprimary)::text as done
     from pg_index x join pg_class i on i.oid = x.indexrelid join pg_attribute a on a.attrelid = x.indrelid and a.attname = $2::text
     where x.indrelid = $1::text::regclass and x.indisunique and x.indisvalid and x.indpred is null and x.indkey::text = a.attnum::text
     order by x.indisprimary desc, 1 limit 1`,
    [unified.qualified, takeOver.id.then],
  );
  if (found === undefined || found.done === 'true') return;
  const check = ident(generatedName(unified.name, takeOver.id.then, 'not_null'));
  const alter = (what: string) =>
    withRetry(() => session.execute(`alter table ${unified.qualified} ${what}`));
  await alter(
    `drop constraint if exists ${check}, add constraint ${check} check (${id} is not null) not valid`,
  );
  await alter(`validate constraint ${check}`);
  await alter(`alter column ${id} set not null`);
  const key = await freeName(session, unified.schema, generatedName(unified.name, 'pkey'));
  await alter(
    `drop constraint ${check}, add constraint ${ident(key)} primary key using index ${ident(String(found.index))}, replica identity default`,
  );
  // It belongs to the table now, and goes with it.
  await session.execute(
    `delete from drydock.objects where kind = 'index' and schema_name = ${literal(unified.schema)} and name = ${literal(String(found.index))}`,
  );
}

async function freeName(session: Session, schema: string, name: string): Promise<string> {
  const taken = await session.query(
    'select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1::text and c.relname = $2::text',
    [schema, name],
  );
  return taken.length === 0 ? name : generatedName(name, 'id');
}
