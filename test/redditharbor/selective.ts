import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Session, TextRow } from '../../src/db/session.js';
import { KeyRange, successor } from '../../src/keys/key-range.js';
import { columnOf } from '../../src/legacy/catalog.js';
import { extractionQuery, type KeyedSource } from '../../src/mapping/keyed-source.js';
import type { Phase } from '../../src/mapping/phase.js';
import { SELECTIVE_SETTINGS, selectiveQuery } from '../../src/mapping/selective.js';
import { type Wanted, wantedRange } from '../../src/mapping/wanted.js';
import type { Bench } from './bench.js';

/** A key, or another uuid that rows are named by, and a raw id that it goes with. */
type Name = readonly [key: string | null, raw: string | null];

/** Every row of a source, with its merge key. */
interface Extracted {
  readonly keyed: KeyedSource;
  readonly rows: readonly TextRow[];
}

/**
 * Expects of the rows that are in the tables now: those of a range of keys are the same whether all rows are read or
 * only these.
 */
export async function expectSelective({ session, phases }: Bench, seed: number): Promise<void> {
  await session.transaction(async () => {
    await session.execute(SELECTIVE_SETTINGS.replaceAll('set ', 'set local '));
    // Every second time by indexes wherever there is one: small tables are read whole otherwise.
    await session.execute(`set local enable_seqscan = ${seed % 2 === 0 ? 'off' : 'on'}`);
    for (const { phase } of phases) await expectSelectivePhase(session, phase, seed);
  });
}

export async function expectSelectivePhase(session: Session, phase: Phase, seed: number): Promise<void> {
  const all: Extracted[] = [];
  for (const keyed of phase.keyed)
    all.push({ keyed, rows: await session.query(extractionQuery(keyed, KeyRange.ALL)) });
  const keys = [...new Set(all.flatMap(({ rows }) => rows.map(keyOf)))].sort();
  if (keys.length === 0) return;
  const at = (share: number) =>
    keys[Math.floor(((seed % 97) / 97 + share) * keys.length) % keys.length] ?? '';
  const [low = '', high = ''] = [at(0.1), at(0.4)].sort();
  for (const range of [
    new KeyRange(low, high),
    new KeyRange(null, low),
    new KeyRange(high, null),
    new KeyRange(low, successor(low)),
    KeyRange.ALL,
  ])
    await expectSame(session, all, wantedRange(range), (key) => range.contains(key), String(range));
}

async function expectSame(
  session: Session,
  all: readonly Extracted[],
  wanted: Wanted,
  isWanted: (key: string) => boolean,
  what: string,
): Promise<void> {
  for (const { keyed, rows } of all) {
    const found = await session.query(selectiveQuery(keyed, wanted));
    const text = (row: TextRow) => textOf(keyed, row);
    const expected = rows.filter((row) => isWanted(keyOf(row)));
    expect([keyed.source.rule.table, what, found.map(text).sort()]).toEqual([
      keyed.source.rule.table,
      what,
      expected.map(text).sort(),
    ]);
    expect(found.map(keyOf)).toEqual(expected.map(keyOf));
  }
}

/** A row by its names, and a hash of all of it: whole rows would fill a screen each. */
function textOf(keyed: KeyedSource, row: TextRow): string {
  const names = namesOf(keyed, row)
    .flat()
    .filter((name) => name !== null);
  return [keyOf(row), ...names, createHash('sha256').update(JSON.stringify(row)).digest('hex')].join(' ');
}

function keyOf(row: TextRow): string {
  return String(row.merge_key);
}

function valueIn({ source }: KeyedSource, row: TextRow, column: string): string | null {
  return row[`c${source.extracted.findIndex(({ name }) => name === column)}`] ?? null;
}

const REFERENCES = [
  'submission_id',
  'identified_from_submission_id',
  'opportunity_id',
  'opportunity_score_id',
];

/** All by which a row is named, and names others. */
function namesOf(keyed: KeyedSource, row: TextRow): Name[] {
  const { table } = keyed.source;
  return ['id', ...REFERENCES].flatMap((name): Name[] => {
    const value = valueIn(keyed, row, name);
    if (value === null) return [];
    return [columnOf(table, name)?.type.kind === 'uuid' ? [value, null] : [null, value]];
  });
}
