import type { RowBytes } from '../copy-binary/framing.js';
import { generatedName, ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { isRowError, type PostgresError, sqlState } from '../db/sqlstate.js';
import type { Target, Targets } from '../mapping/targets.js';
import type { BatchRows } from './batch-rows.js';
import { copyRows } from './copy-rows.js';

/** A row that names what is gone by now is not at fault: read anew, it names nothing. */
const FOREIGN_KEY = '23503';

/**
 * Limits of the server. COPY collects rows and stores them together: of a row that is too wide it says the line of the last one
 * that it had read.
 */
const LIMITS = '54';

type Table = Parameters<BatchRows['log']>[0];

/**
 * The merge key of the row that the server refused: where its error says the line, that one's; else found by having it
 * refuse ever fewer of the rows again, in a temporary table. Undefined where no row is at fault by itself. Wants an open
 * transaction, which holds nothing of this afterwards.
 */
export async function refusedKey(
  session: Session,
  error: unknown,
  rows: BatchRows,
  targets: Targets,
): Promise<string | undefined> {
  if (!isRowError(error) || sqlState(error) === FOREIGN_KEY) return undefined;
  // "COPY table, line 7, …", in whichever language the server speaks.
  const place = /^COPY ([^\s,]+)\D*(\d+)/m.exec((error as PostgresError).where ?? '');
  const table: Table = (place?.[1] ?? '').includes(targets.folded.name) ? 'folded' : 'unified';
  if (place !== null && sqlState(error)?.startsWith(LIMITS) === false)
    return rows.keyOfLine(table, Number(place[2]));
  const tables: readonly Table[] = place === null ? ['unified', 'folded'] : [table];
  for (const one of tables) {
    const found = await searchedKey(session, targets[one], rows, one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The last row of the shortest beginning of a batch that is refused. */
async function searchedKey(
  session: Session,
  target: Target,
  batch: BatchRows,
  table: Table,
): Promise<string | undefined> {
  const log = batch.log(table);
  let [passes, fails] = [0, log.rows];
  if (!(await isRefused(session, target, firstRows(log, fails)))) return undefined;
  while (fails - passes > 1) {
    const middle = Math.floor((passes + fails) / 2);
    if (await isRefused(session, target, firstRows(log, middle))) fails = middle;
    else passes = middle;
  }
  return batch.keyOfLine(table, fails);
}

function firstRows(log: Iterable<RowBytes>, rows: number) {
  return {
    rows,
    *chunks() {
      let left = rows;
      for (const { bytes, start, end } of log) {
        if (left === 0) return;
        left -= 1;
        yield bytes.subarray(start, end);
      }
    },
  };
}

/** Whether a table with the columns, checks and indexes of ours takes rows. */
async function isRefused(
  session: Session,
  target: Target,
  rows: ReturnType<typeof firstRows>,
): Promise<boolean> {
  const name = ident(generatedName('drydock_tried', target.name));
  await session.execute(
    `savepoint drydock_tried; create temp table ${name} (like ${target.qualified} including constraints including generated including indexes including storage)`,
  );
  try {
    await copyRows(session, target, rows, `pg_temp.${name}`);
    return false;
  } catch (error) {
    if (isRowError(error)) return true;
    throw error;
  } finally {
    await session.execute('rollback to savepoint drydock_tried').catch(() => undefined);
  }
}

/** Why the server refused it, without the row's values. */
export function refusalOf(error: PostgresError): string {
  return [error.code, error.constraint, error.column].filter((part) => part !== undefined).join(' ');
}
