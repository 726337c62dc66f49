import { ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import * as normalizers from '../mapping/normalizers.js';
import { fold } from './folds.js';
import type { KeyProposal, NormalizerName } from './keys.js';
import type { Side } from './matched-rows.js';
import type { ColumnProfile } from './profile.js';
import { readFrom } from './value-sample.js';

/** A value that so many rows share that it means no identity. */
export interface Hub {
  /** As the normalizer spells it. */
  readonly value: string;
  readonly rows: number;
}

const NORMALIZERS: Readonly<Record<NormalizerName, normalizers.Normalizer>> = {
  email: normalizers.email,
  digits: normalizers.digits,
  wholeNumber: normalizers.integer,
  uuid: normalizers.uuid,
  folded: normalizers.folded,
};

/** Among some rows it was there so often. */
const LEAST_SEEN = 3;
/** In the whole table. */
const LEAST_ROWS = 10;
const MOST_HUBS = 20;

/** Counts the values of a key that more rows share than can be one thing. */
export async function hubsOf(
  session: Session,
  key: KeyProposal,
  sideOf: (table: string) => Side | undefined,
): Promise<Hub[]> {
  if (key.part !== null) return [];
  const columns = [...key.columns.values()];
  const candidates = [...new Set(columns.flatMap((column) => seenOften(column, key.normalizer)))].sort();
  if (candidates.length === 0) return [];
  const rows = new Map<string, number>();
  for (const column of columns) {
    const side = sideOf(column.table);
    if (side === undefined) continue;
    const value = NORMALIZERS[key.normalizer].sql(ident(column.name));
    const found = await session.query(
      `select v, count(*) as n from (select ${value} as v from ${readFrom(side.table)}) x
       where v in (select json_array_elements_text($1::text::json)) group by v having count(*) >= ${LEAST_ROWS}`,
      [JSON.stringify(candidates)],
    );
    for (const { v, n } of found) rows.set(String(v), (rows.get(String(v)) ?? 0) + Number(n));
  }
  return [...rows]
    .map(([value, n]) => ({ value, rows: n }))
    .sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1))
    .slice(0, MOST_HUBS);
}

function seenOften(column: ColumnProfile, normalizer: NormalizerName): string[] {
  return column.tops
    .filter(({ count }) => count >= LEAST_SEEN)
    .map(({ raw }) => (normalizer === 'digits' ? raw.replace(/[^0-9]/g, '') : fold(raw, 'text')))
    .filter((value) => value !== '');
}
