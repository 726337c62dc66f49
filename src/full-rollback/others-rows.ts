import { qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { inStage, type Staged } from './staged.js';

/**
 * A row that came after the backup goes, or gets another name back, and what names it by a foreign key could go along, change
 * along, or lose its value. Rows of tables that are put back themselves may; those of others are somebody's, who has to
 * decide.
 *
 * @throws DrydockError
 */
export async function requireNobodyElse(session: Session, staged: readonly Staged[]): Promise<void> {
  const named: string[] = [];
  for (const one of staged) {
    const { file, home, table, key: known } = one;
    const keys = await session.query(
      `select n.nspname as schema, r.relname as table,
         (select string_agg(format('o.%I = t.%I', a.attname, b.attname), ' and ') from unnest(c.conkey, c.confkey) k (own, theirs)
          join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.theirs) as matches,
         (select string_agg(format('s.%1$I = t.%1$I', b.attname), ' and ') from unnest(c.confkey) k (theirs)
          join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.theirs where b.attgenerated = '') as kept
       from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace
       where c.contype = 'f' and c.conparentid = 0 and c.confrelid = $1::text::regclass order by 1, 2`,
      [qualified(home, file.name)],
    );
    for (const key of keys) {
      const other = { schema: String(key.schema), name: String(key.table) };
      if (staged.some(({ home, file }) => home === other.schema && file.name === other.name)) continue;
      // Without a key that tells rows apart, all of them are replaced.
      const { n } = await session.one(
        `select count(*) as n from ${qualified(other.schema, other.name)} o join ${table} t on ${String(key.matches)}
         ${known.length === 0 ? '' : `where not ${inStage(one, key.kept ?? 'true')}`}`,
      );
      if (n !== '0') named.push(`${n} of ${other.schema}.${other.name} (by ${file.name})`);
    }
  }
  if (named.length === 0) return;
  throw new DrydockError({
    code: 'rows-of-others',
    what: `Rows of other tables name rows that came after the backup, or cannot be told from such, and would go or change with them: ${named.join(', ')}.`,
    state: 'Nothing was rolled back.',
    next: 'Delete these rows or have them name others; or take a later backup. With --phase all, rows of all phases go back together.',
  });
}
