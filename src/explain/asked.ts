import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { isUuid } from '../keys/uuid.js';
import { columnOf } from '../legacy/catalog.js';
import { fromClause, type KeyedSource } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf } from '../mapping/targets.js';

/** What was asked for: a match key of a phase, and the row that was named. */
export interface Asked {
  readonly phase: Phase;
  readonly key: string;
  readonly row: { readonly table: string; readonly row: string } | null;
}

/** How a source's row is named: by its identity. */
export const identitySql = ({ source }: KeyedSource) =>
  `concat_ws(', ', ${source.rule.identity.map((name) => `r.${ident(name)}`).join(', ')})`;

/**
 * Finds what a text names. @param loaded whether a phase's tables are there
 *
 * @throws DrydockError `not-found`
 */
export async function findAsked(
  session: Session,
  phases: readonly Phase[],
  loaded: (phase: Phase) => boolean,
  text: string,
): Promise<Asked> {
  const colon = text.indexOf(':');
  const found =
    colon > 0
      ? await byRow(session, phases, text.slice(0, colon), text.slice(colon + 1))
      : isUuid(text)
        ? await byUuid(session, phases, loaded, text.toLowerCase())
        : null;
  if (found !== null) return found;
  const tables = phases.flatMap(({ keyed }) => keyed.map(({ source }) => source.rule));
  const example =
    tables[0] === undefined ? 'table:identity' : `${tables[0].table}:${tables[0].identity.join(',')}`;
  throw new DrydockError({
    code: 'not-found',
    what: `No legacy row, unified row or match key is named ${JSON.stringify(text)}.`,
    state: 'Nothing was written: this only reads.',
    next: `Give a legacy row as ${example}, the id of a unified row, or a match key. The tables are ${tables.map(({ table }) => table).join(', ')}.`,
  });
}

async function byRow(
  session: Session,
  phases: readonly Phase[],
  table: string,
  identity: string,
): Promise<Asked | null> {
  for (const phase of phases)
    for (const keyed of phase.keyed) {
      const { rule, table: found } = keyed.source;
      if (table !== rule.table && table !== `${found.home}.${rule.table}`) continue;
      const values = split(identity, rule.identity.length);
      if (values === null) return null;
      const conditions = rule.identity.map((name, at) => {
        const type = columnOf(found, name)?.type.name ?? 'text';
        return `r.${ident(name)} = ${literal(values[at] ?? '')}::${type}`;
      });
      const [row] = await nothingOdd(
        session,
        `${keyed.with} select (${keyed.key})::text as key, ${identitySql(keyed)} as id from ${fromClause(keyed)} where ${conditions.join(' and ')} limit 1`,
      );
      return row === undefined
        ? null
        : { phase, key: String(row.key), row: { table: rule.table, row: String(row.id) } };
    }
  return null;
}

/** A value that the type does not have is that of no row. */
async function nothingOdd(session: Session, query: string) {
  await session.execute('savepoint asked');
  try {
    return await session.query(query);
  } catch (error) {
    if (sqlState(error)?.startsWith('22') !== true) throw error;
    await session.execute('rollback to savepoint asked');
    return [];
  }
}

/** As many values as there are columns; the last one may hold commas. */
function split(text: string, count: number): string[] | null {
  const parts = text.split(',');
  if (parts.length < count) return null;
  const last = parts.slice(count - 1).join(',');
  return [...parts.slice(0, count - 1).map((part) => part.trim()), count === 1 ? last : last.trim()];
}

/** Whether a unified table is there, and its ids are uuids: those of a target, or of a source, may be numbers at last. */
export async function hasUuids(session: Session, relation: string): Promise<boolean> {
  const { found } = await session.one(
    `select exists (select from pg_attribute a where a.attrelid = to_regclass($1::text) and a.attname = 'id' and a.atttypid = 'uuid'::regtype)::text as found`,
    [relation],
  );
  return found === 'true';
}

async function byUuid(
  session: Session,
  phases: readonly Phase[],
  loaded: (phase: Phase) => boolean,
  uuid: string,
): Promise<Asked | null> {
  for (const phase of phases.filter(loaded)) {
    const { unified, folded } = targetsOf(phase);
    if (!(await hasUuids(session, unified.qualified))) continue;
    const [row] = await session.query(
      `select u.merge_key::text as key from ${unified.qualified} u where u.id = $1::text::uuid
       union all select u.merge_key::text from ${unified.qualified} u where u.merge_key = $1::text::uuid
       union all select f.merge_key::text from ${folded.qualified} f where f.merge_key = $1::text::uuid limit 1`,
      [uuid],
    );
    if (row !== undefined) return { phase, key: String(row.key), row: null };
  }
  for (const phase of phases)
    for (const [at, keyed] of phase.keyed.entries()) {
      // The id of a thing is that of a row, as long as nothing is loaded.
      const id = phase.matching?.ids[at] ?? null;
      const own = id === null ? '' : ` or (${id}) = ${literal(uuid)}::uuid`;
      const [row] = await session.query(
        `${keyed.with} select (${keyed.key})::text as key from ${fromClause(keyed)} where (${keyed.key}) = ${literal(uuid)}::uuid${own} limit 1`,
      );
      if (row !== undefined) return { phase, key: String(row.key), row: null };
    }
  return null;
}
