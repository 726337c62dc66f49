import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import type { Gift } from '../mapping/mapping.js';
import type { CheckFault } from '../reports/check.js';
import type { GeneratedRow, SourcePools } from './generated-rows.js';

/** Settings that an application's session may have, and ours does not. */
const ELSEWHERE = `set timezone = 'Asia/Kolkata'; set datestyle = 'SQL, DMY'; set intervalstyle = 'iso_8601'; set extra_float_digits = 0; set bytea_output = 'escape'`;
const HERE = `set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set extra_float_digits = 1; set bytea_output = 'hex'`;

/**
 * Tries the SQL of a declaration on generated rows: it has to have a value or null for each, and the same one whatever the
 * settings of a session are. One fault for each text at the most, on a row with as few values as it needs.
 */
export async function tryComputed(
  session: Session,
  one: SourcePools,
  rows: readonly GeneratedRow[],
): Promise<CheckFault[]> {
  const faults: CheckFault[] = [];
  for (const gift of one.bound.rule.gifts ?? []) {
    const fault = await tryOne(session, one, gift, rows);
    if (fault !== null) faults.push(fault);
  }
  return faults;
}

async function tryOne(
  session: Session,
  one: SourcePools,
  gift: Gift,
  rows: readonly GeneratedRow[],
): Promise<CheckFault | null> {
  const own = rows.filter(({ table }) => table === one.source.table);
  for (const row of own) {
    const wrong = await outcome(session, one, gift, row);
    if (wrong !== null) {
      const least = await withLeastValues(
        row,
        async (less) => (await outcome(session, one, gift, less))?.kind === wrong.kind,
      );
      const { message, next } = (await outcome(session, one, gift, least)) ?? wrong;
      return {
        kind: 'computed',
        phase: one.phase.name,
        message: `The SQL that gives ${gift.target} from ${one.source.table} ${message}`,
        rows: [{ table: least.table, values: present(least.values) }],
        writes: [],
        next,
      };
    }
  }
  return null;
}

interface Wrong {
  readonly kind: 'fails' | 'follows';
  readonly message: string;
  readonly next: string;
}

async function outcome(
  session: Session,
  one: SourcePools,
  { sql }: Gift,
  row: GeneratedRow,
): Promise<Wrong | null> {
  const columns = one.bound.table.columns.map(({ name, type }) => {
    const value = row.values[name];
    return `${value == null ? 'null' : literal(value)}::${type.name} as ${ident(name)}`;
  });
  // A column that the table makes itself has no value here.
  const value = `(select ${sql} from (select ${columns.join(', ')} offset 0) r)`;
  try {
    const here = await session.one(`select encode(convert_to((${value})::text, 'UTF8'), 'hex') as v`);
    await session.execute(ELSEWHERE);
    // Worked out there, and printed here.
    await session.execute(
      `drop table if exists pg_temp.elsewhere; create temp table elsewhere as select ${value} as v`,
    );
    await session.execute(HERE);
    const there = await session.one(
      `select encode(convert_to(v::text, 'UTF8'), 'hex') as v from pg_temp.elsewhere`,
    );
    if (here.v === there.v) return null;
    const text = (hex: string | null | undefined) =>
      hex == null ? 'null' : JSON.stringify(Buffer.from(hex, 'hex').toString('utf8'));
    return {
      kind: 'follows',
      message: `follows the settings of the session: ${text(here.v)} under ours, ${text(there.v)} under another time zone or style of dates.`,
      next: 'Make it immutable: name the time zone and the format in it.',
    };
  } catch (error) {
    if (sqlState(error) === undefined) throw error;
    return {
      kind: 'fails',
      message: `fails on a row that the table may hold: ${(error as Error).message}.`,
      next: 'Give it a value or null for every row; a row that it fails on stops a run, and a sync later on.',
    };
  } finally {
    await session.execute(HERE);
  }
}

async function withLeastValues(
  row: GeneratedRow,
  holds: (less: GeneratedRow) => Promise<boolean>,
): Promise<GeneratedRow> {
  let least = row;
  for (const name of Object.keys(row.values)) {
    if (least.values[name] == null) continue;
    const less = { ...least, values: { ...least.values, [name]: null } };
    if (await holds(less)) least = less;
  }
  return least;
}

export function present(values: GeneratedRow['values']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
