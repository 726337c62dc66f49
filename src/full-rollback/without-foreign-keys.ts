import { ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { foreignKeysBack, type RestingKey } from './foreign-keys.js';
import type { Staged } from './staged.js';

/**
 * Does work while foreign keys among the tables rest: no order of statements suits those in a circle or of a table on
 * itself, and a row that goes would take along, or change, what names it only since the backup. Those on other tables
 * rest where the backup has rows whose partners are gone there, as rows of a crosswalk may be.
 *
 * @returns what could not be validated afterwards, in words
 */
export async function withoutForeignKeys(
  session: Session,
  staged: readonly Staged[],
  work: () => Promise<void>,
): Promise<string[]> {
  const resting: RestingKey[] = [];
  for (const one of staged) resting.push(...(await keysInTheWay(session, one, staged)));
  for (const { table, name } of resting)
    await session.execute(`alter table ${table} drop constraint ${ident(name)}`);
  await work();
  return foreignKeysBack(session, resting);
}

async function keysInTheWay(
  session: Session,
  { table, stage }: Staged,
  staged: readonly Staged[],
): Promise<RestingKey[]> {
  const keys = await session.query(
    `select c.conname as name, pg_get_constraintdef(c.oid) as definition, obj_description(c.oid, 'pg_constraint') as comment,
       n.nspname as schema, r.relname as table, (m.saved and has_table_privilege(c.confrelid, 'select'))::text as comparable, m.present, m.matches
     from pg_constraint c join pg_class r on r.oid = c.confrelid join pg_namespace n on n.oid = r.relnamespace
     cross join lateral (
       select bool_and(a.attgenerated = '') as saved, string_agg(format('s.%I is not null', a.attname), ' and ') as present, string_agg(format('p.%I = s.%I', b.attname, a.attname), ' and ') as matches
       from unnest(c.conkey, c.confkey) k (own, theirs)
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.theirs
     ) m
     where c.contype = 'f' and c.conparentid = 0 and c.conrelid = $1::text::regclass order by 1`,
    [table],
  );
  const resting: RestingKey[] = [];
  for (const key of keys) {
    const target = qualified(String(key.schema), String(key.table));
    const among = staged.some((one) => one.table === target);
    if (!among && !(await lacksPartners(session, stage, target, key))) continue;
    resting.push({
      table,
      name: String(key.name),
      definition: String(key.definition),
      comment: key.comment ?? null,
    });
  }
  return resting;
}

/** Whether the backup has rows that name what is not there, as far as we may look. */
async function lacksPartners(
  session: Session,
  stage: string,
  target: string,
  {
    comparable,
    present,
    matches,
  }: Partial<Readonly<Record<'comparable' | 'present' | 'matches', string | null>>>,
): Promise<boolean> {
  if (comparable !== 'true') return false;
  const { lacks } = await session.one(
    `select exists (select from ${stage} s where ${String(present)} and not exists (select from ${target} p where ${String(matches)}))::text as lacks`,
  );
  return lacks === 'true';
}
