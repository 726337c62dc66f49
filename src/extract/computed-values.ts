import { ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import type { Stop } from '../errors/stop.js';
import { fromClause, type KeyedSource } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';

/** What a declaration has the server work out and the server refuses: found before anything is made for it. */
export async function refusedValues(session: Session, phase: Phase): Promise<Stop[]> {
  const found: Stop[] = [];
  for (const keyed of phase.keyed) {
    const { table, gifts = [] } = keyed.source.rule;
    for (const { sql, target } of gifts) {
      const why = await refusal(session, `select count(${sql}) from (${rowsOf(keyed)}) r`);
      if (why !== null)
        found.push({
          code: 'bad-computed',
          message: `The server cannot work out ${target} of ${table} as it is declared: ${why}.`,
          next: 'Correct the SQL, so that it has a value or null for every row; name columns of the table bare, and types and functions of your own with their schema.',
        });
    }
  }
  return found;
}

/** What the server refuses to work out of the rows as they are now: the column, the reason, and a row. */
export interface RefusedRow {
  readonly table: string;
  readonly target: string;
  readonly why: string;
  /** Its identity, as a person reads it. */
  readonly row: string;
}

/** The first row, in the order of identities, of which a value cannot be worked out; null where all can. */
export async function refusedRow(session: Session, { keyed }: Phase): Promise<RefusedRow | null> {
  for (const one of keyed) {
    const { table, identity, gifts = [] } = one.source.rule;
    const names = identity.map((name) => `r.${ident(name)}`).join(', ');
    const ordered = `${rowsOf(one)} order by ${names}`;
    for (const { sql, target } of gifts) {
      const first = (rows: number) =>
        refusal(session, `select count(${sql}) from (${ordered} limit ${rows}) r`);
      let [well, wrong] = [0, Number((await session.one(`select count(*) as n from (${ordered}) r`)).n)];
      let why = await first(wrong);
      if (why === null) continue;
      while (wrong - well > 1) {
        const middle = Math.floor((well + wrong) / 2);
        const refused = await first(middle);
        if (refused === null) well = middle;
        else [wrong, why] = [middle, refused];
      }
      const { row } = await session.one(
        `select concat_ws(', ', ${names}) as row from (${ordered} limit 1 offset ${well}) r`,
      );
      return { table, target, why, row: String(row) };
    }
  }
  return null;
}

const rowsOf = (keyed: KeyedSource) => `select r.* from ${fromClause({ ...keyed, joins: '' })}`;

/** Whether the server refused what SQL of a declaration says, and not how or when it was asked. */
export function isOfTheSql(error: unknown): boolean {
  const state = sqlState(error) ?? '';
  return OF_THE_SQL.some((kind) => state.startsWith(kind));
}

async function refusal(session: Session, statement: string): Promise<string | null> {
  try {
    await session.query(statement);
    return null;
  } catch (error) {
    if (isOfTheSql(error)) return (error as Error).message;
    throw error;
  }
}

/** A name, a type or the syntax; a value of some row; what a function raises. Anything else is no fault of the declaration. */
const OF_THE_SQL = ['42', '22', 'P0'];
