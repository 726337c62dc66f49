import { isRowError, type PostgresError, sqlState } from '../db/sqlstate.js';
import type { Targets } from '../mapping/targets.js';
import type { BatchRows } from './batch-rows.js';

/** A row that names what is gone by now is not at fault: read anew, it names nothing. */
const FOREIGN_KEY = '23503';

/** The merge key of the row that the server refused, where its error tells the line. */
export function culpritOf(error: unknown, rows: BatchRows, targets: Targets): string | undefined {
  if (!isRowError(error) || sqlState(error) === FOREIGN_KEY) return undefined;
  // "COPY table, line 7, …", in whichever language the server speaks.
  const place = /^COPY ([^\s,]+)\D*(\d+)/m.exec((error as PostgresError).where ?? '');
  if (place === null) return undefined;
  const table = (place[1] ?? '').includes(targets.folded.name) ? 'folded' : 'unified';
  return rows.keyOfLine(table, Number(place[2]));
}

/** Why the server refused it, without the row's values. */
export function refusalOf(error: PostgresError): string {
  return [error.code, error.constraint, error.column].filter((part) => part !== undefined).join(' ');
}
