import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { withRole } from '../db/with-role.js';
import { type CatalogColumn, type CatalogTable, columnOf, readTable } from '../legacy/catalog.js';
import { typed } from '../mapping/locate.js';
import { isFoldedInto, type Targets } from '../mapping/targets.js';
import { rowAsTexts } from '../types/texts.js';
import type { ForeignKey, Repointable, RepointedPart } from './foreign-keys.js';
import { executorOf, readExecutors } from './reverse/executors.js';

/**
 * Makes a foreign key name the unified table: rows that name a folded duplicate name the row that won over it, by what that
 * one is called in the same source, and what they were before is kept. The new key is not checked yet, where Postgres takes
 * such a key. In the caller's transaction, which holds the table. Returns the number of rows changed.
 */
export async function repoint(
  session: Session,
  phaseId: number,
  targets: Targets,
  repointed: Repointable,
): Promise<number> {
  const { key, parts } = repointed;
  const table = await readTable(session, key.schema, key.table);
  if (table === undefined) throw new Error(`${key.qualified} is locked and not there`);
  const changed = await session.execute(
    `insert into drydock.repointed (phase_id, schema_name, table_name, columns, old_values, new_values, row_before)
     select ${phaseId}, ${literal(key.schema)}, ${literal(key.table)}, ${textArray(key.columns)},
       ${texts(parts.map(({ pointer }) => `t.${ident(pointer)}`))}, ${texts(parts.map(({ unified }) => `u.${ident(unified)}`))}, ${rowAsTexts(table.columns, 't')}
     from ${key.qualified} t join ${losers(targets, repointed)}`,
  );
  if (changed > 0) await renameRows(session, phaseId, key, table);
  const columns = (names: readonly string[]) => names.map(ident).join(', ');
  const actions = String(key.actions).replace(/ NOT VALID$/, '');
  const named = parts.map(({ unified }) => unified);
  await session.execute(
    `alter table ${key.qualified} drop constraint ${ident(key.name)}, add constraint ${ident(key.name)} foreign key (${columns(key.columns)}) ` +
      `references ${targets.unified.qualified} (${columns(named)})${actions}${key.isCheckedAtOnce ? '' : ' not valid'}`,
  );
  if (key.comment !== null)
    await session.execute(
      `comment on constraint ${ident(key.name)} on ${key.qualified} is ${literal(key.comment)}`,
    );
  return changed;
}

export const textArray = (names: readonly string[]) => `array[${names.map(literal).join(', ')}]::text[]`;
export const texts = (values: readonly string[]) =>
  `array[${values.map((value) => `${value}::text`).join(', ')}]`;

/** Columns of an outside table that name rows of sources. */
export type Naming = Pick<ForeignKey, 'schema' | 'table' | 'qualified' | 'oid' | 'columns'>;

/**
 * Gives the rows of a table the names that the ledger has for them. Triggers and expressions on the table are code of its owner,
 * who may not look into the ledger: he gets a copy of the names.
 */
export async function renameRows(
  session: Session,
  phaseId: number,
  key: Naming,
  table: CatalogTable,
): Promise<void> {
  const executor = executorOf(await readExecutors(session, [key]), key);
  const columns = key.columns.map((name) => columnOf(table, name) as CatalogColumn);
  const values = columns.flatMap((column, at) => [
    `${typed(`r.old_values[${at + 1}]`, column)} as old_${at + 1}`,
    `${typed(`r.new_values[${at + 1}]`, column)} as new_${at + 1}`,
  ]);
  await session.execute(
    `create temp table drydock_repointed on commit drop as select ${values.join(', ')} from (
       select distinct old_values, new_values from drydock.repointed where phase_id = ${phaseId} and schema_name = ${literal(key.schema)}
         and table_name = ${literal(key.table)} and columns = ${textArray(key.columns)}) r`,
  );
  await session.execute(`grant select on pg_temp.drydock_repointed to ${ident(executor.role)}`);
  const set = columns.map(({ name }, at) => `${ident(name)} = r.new_${at + 1}`);
  const same = columns.map(({ name }, at) => `r.old_${at + 1} = x.${ident(name)}`);
  await withRole(session, executor.role, async () => {
    await session.execute(
      `update ${key.qualified} x set ${set.join(', ')} from pg_temp.drydock_repointed r where ${same.join(' and ')}`,
    );
    // What is only checked at the end of the transaction would keep the table from getting its new key.
    await session.execute('set constraints all immediate');
  });
  await session.execute('drop table pg_temp.drydock_repointed');
}

/** SQL: the value of a key's column, in the collation of the column that it names: two columns' would contradict each other. */
function pointed({ pointer, named: { type } }: RepointedPart): string {
  const value = `t.${ident(pointer)}`;
  return type.category === 'S' ? `(${value} collate ${type.collation ?? '"default"'})` : value;
}

/** SQL: the folded rows `f` that a row `t` of the key's table names, joined to the rows `u` that won over them. */
function losers(targets: Targets, { key, parts }: Repointable): string {
  const same = parts.map((part) => `f.${ident(part.folded)} = ${pointed(part)}`);
  const other = parts.map((part) => `u.${ident(part.unified)} is distinct from ${pointed(part)}`);
  return (
    `(${targets.folded.qualified} f join ${targets.unified.qualified} u on ${isFoldedInto(targets, 'f', 'u')}) ` +
    `on f.source = ${literal(key.target)} and ${same.join(' and ')} and (${other.join(' or ')})`
  );
}

/**
 * How many rows name a duplicate whose winner has nothing in a column that the key names. It cannot be of columns that tell
 * the rows of the source apart, and of other unique columns it can.
 */
export async function namingNothing(
  session: Session,
  targets: Targets,
  repointed: Repointable,
): Promise<string> {
  const empty = repointed.parts
    .filter(({ named }) => !repointed.source.rule.identity.includes(named.name))
    .map(({ unified }) => `u.${ident(unified)} is null`);
  if (empty.length === 0) return '0';
  const { rows } = await session.one(
    `select count(*)::text as rows from ${repointed.key.qualified} t join ${losers(targets, repointed)} where ${empty.join(' or ')}`,
  );
  return String(rows);
}

/** Unique indexes that would not take the key's rows when those of folded duplicates name the winner. */
export function collisions(
  session: Session,
  targets: Targets,
  repointed: Repointable,
): Promise<readonly Collision[]> {
  const { key, parts } = repointed;
  return colliding(session, key, {
    joined: losers(targets, repointed),
    isChanged: 'u.id',
    value: (name) => {
      const part = parts.find(({ pointer }) => pointer === name);
      if (part === undefined) return `t.${ident(name)}`;
      return `case when u.id is null then ${pointed(part)} else u.${ident(part.unified)} end`;
    },
  });
}

/** A unique index, and how many rows that change would break it. */
export interface Collision {
  readonly index: string;
  readonly rows: string;
}

/**
 * Unique indexes of an outside table that would not take its rows when they get other names. Indexes of expressions are not
 * looked at.
 *
 * @param names what its rows `t` are joined with, SQL that is null where a row keeps its name, and the value that a column gets
 */
export async function colliding(
  session: Session,
  key: Naming,
  names: { readonly joined: string; readonly isChanged: string; value(name: string): string },
): Promise<readonly Collision[]> {
  const indexes = await session.query(
    `select x.indexrelid::regclass::text as index, pg_get_expr(x.indpred, x.indrelid) as condition, to_jsonb(x) ->> 'indnullsnotdistinct' as nulls_meet, k.names::text as names
     from pg_index x cross join lateral (
       select json_agg(a.attname) as names, bool_or(a.attname = any ($2::text[])) as concerned
       from unnest(x.indkey[:x.indnkeyatts - 1]) k join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k) k
     where x.indrelid = $1::text::oid and x.indisunique and x.indexprs is null and k.concerned
     order by 1`,
    [key.oid, `{${key.columns.map((name) => JSON.stringify(name)).join(',')}}`],
  );
  const found: Collision[] = [];
  for (const { index, condition, nulls_meet: nullsMeet, names: listed } of indexes) {
    const values = (JSON.parse(String(listed)) as string[]).map((name) => names.value(name));
    const indexed = `(select * from ${key.qualified}${condition === null ? '' : ` where ${condition}`})`;
    const counted =
      nullsMeet === 'true' ? 'true' : values.map((value) => `(${value}) is not null`).join(' and ');
    const { rows } = await session.one(
      `select coalesce(sum(n), 0)::text as rows from (
         select count(${names.isChanged}) as n from ${indexed} t left join ${names.joined}
         where ${counted} group by ${values.join(', ')} having count(*) > 1 and count(${names.isChanged}) > 0
       ) g`,
    );
    if (rows !== '0') found.push({ index: String(index), rows: String(rows) });
  }
  return found;
}
