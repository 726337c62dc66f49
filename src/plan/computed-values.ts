import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import type { Stop } from '../errors/stop.js';
import { fromClause } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';

/** What a declaration has the server work out and the server refuses: found before anything is made for it. */
export async function refusedValues(session: Session, phase: Phase): Promise<Stop[]> {
  const found: Stop[] = [];
  for (const keyed of phase.keyed) {
    const { table, gifts = [] } = keyed.source.rule;
    for (const { sql, target } of gifts) {
      const why = await refusal(
        session,
        `select count(${sql}) from (select r.* from ${fromClause({ ...keyed, joins: '' })}) r`,
      );
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

async function refusal(session: Session, statement: string): Promise<string | null> {
  try {
    await session.query(statement);
    return null;
  } catch (error) {
    const state = sqlState(error) ?? '';
    if (OF_THE_SQL.some((kind) => state.startsWith(kind))) return (error as Error).message;
    throw error;
  }
}

/** A name, a type or the syntax; a value of some row; what a function raises. Anything else is no fault of the declaration. */
const OF_THE_SQL = ['42', '22', 'P0'];
