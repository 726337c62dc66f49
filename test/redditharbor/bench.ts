import { expect } from 'vitest';
import type { LegacyMixture } from '../../fixtures/mixture.js';
import { GoldenRecord } from '../../src/consolidation/golden-record.js';
import { severalRowsOf } from '../../src/consolidation/merger.js';
import { sidesOf } from '../../src/consolidation/sides.js';
import { foundModel } from '../../src/consolidation/variants.js';
import { ident, qualified } from '../../src/db/identifier.js';
import type { Session, TextRow } from '../../src/db/session.js';
import { KeyRange } from '../../src/keys/key-range.js';
import type { LegacyDatabase } from '../../src/legacy/detect.js';
import { extractionQuery } from '../../src/mapping/keyed-source.js';
import { restoreQuery } from '../../src/mapping/legacy-view.js';
import type { Phase } from '../../src/mapping/phase.js';
import { createTableStatements, type Targets, targetsOf } from '../../src/mapping/targets.js';
import { opportunitiesDeclaration } from '../../src/redditharbor/opportunities.js';
import { RowBuilder } from '../../src/transform/output.js';
import { checkInvariants } from '../../src/verify/invariants.js';
import { copyInRows, copyOutRows } from '../support/binary-rows.js';
import { createTestDatabase } from '../support/database.js';
import { bound, createLegacy, detect, loosen } from '../support/legacy.js';
import { copyInLines, openSession } from '../support/session.js';
import { type Merged, mergeRows, type SourceRows } from './merged.js';
import type { Copied, World } from './world.js';

/** One legacy database with both phases' tables, empty, and their legacy views. */
export interface Bench {
  readonly session: Session;
  readonly legacy: LegacyDatabase;
  readonly phases: readonly { readonly phase: Phase; readonly targets: Targets }[];
  readonly copied: Copied;
}

/** @param deform statements that change the legacy tables before anyone looks at them */
export async function openBench(mixture: LegacyMixture, deform = ''): Promise<Bench> {
  const database = await createTestDatabase('restore');
  await createLegacy(database, mixture, { extras: true });
  await loosen(database, mixture);
  await database.query(deform);
  const session = await openSession(database.url);
  const legacy = await detect(session, mixture.schema, mixture.appSchema);
  expect(legacy.stops).toEqual([]);
  const phases = [];
  for (const name of ['opportunities', 'assessments'] as const) {
    const phase = bound(legacy, name);
    const targets = targetsOf(phase);
    for (const target of [targets.unified, targets.folded])
      await session.execute(createTableStatements(target));
    for (const source of phase.bound.sources) {
      const query = restoreQuery({ source, targets, phaseId: 1, hasRejects: false });
      await session.execute(`create view ${viewOf(phase, source.rule.table)} as ${query}`);
    }
    phases.push({ phase, targets });
  }
  const copied = new Map();
  for (const table of legacy.tables.values()) {
    const generated = await session.query(
      `select attname from pg_attribute where attrelid = $1::text::oid and attgenerated <> ''`,
      [table.oid],
    );
    const names = new Set(generated.map(({ attname }) => attname));
    copied.set(
      table.name,
      table.columns.filter(({ name }) => !names.has(name)),
    );
  }
  return { session, legacy, phases, copied };
}

export function viewOf(phase: Phase, table: string): string {
  return qualified(phase.schema, `${table}_legacy`);
}

export async function fill({ session, legacy, copied, phases }: Bench, world: World): Promise<void> {
  const tables = [...legacy.tables.values()].map(({ schema, name }) => qualified(schema, name));
  const ours = phases.flatMap(({ targets }) => [targets.unified.qualified, targets.folded.qualified]);
  await session.execute(`truncate ${[...tables, ...ours].join(', ')} cascade`);
  for (const [name, lines] of world) {
    const table = legacy.tables.get(name);
    const columns = (copied.get(name) ?? []).map((column) => ident(column.name)).join(', ');
    await copyInLines(session, `${qualified(table?.schema ?? '', name)} (${columns})`, lines);
  }
}

export async function extract(session: Session, phase: Phase): Promise<SourceRows> {
  const sources: string[][] = [];
  for (const keyed of phase.keyed)
    sources.push(await copyOutRows(session, extractionQuery(keyed, KeyRange.ALL)));
  return sources;
}

export async function load(session: Session, targets: Targets, merged: Merged): Promise<void> {
  for (const [target, rows] of [
    [targets.unified, merged.unified],
    [targets.folded, merged.folded],
  ] as const) {
    const columns = `${target.qualified} (${target.table.copied.join(', ')})`;
    expect(await copyInRows(session, columns, rows)).toBe(rows.length);
  }
}

/** Rows that are on one side only, as text, however often. */
async function differences(session: Session, phase: Phase): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { rule, table } of phase.bound.sources) {
    const legacy = `select t::text as row from ${qualified(table.schema, table.name)} t`;
    const view = `select v::text as row from ${viewOf(phase, rule.table)} v`;
    const rows = await session.query(
      `(select 'lost: ' || row as row from (${legacy} except all ${view}) d limit 3)
       union all (select 'invented: ' || row from (${view} except all ${legacy}) d limit 3)`,
    );
    found[rule.table] = rows.map(({ row }) => String(row));
  }
  return found;
}

async function violations({ session }: Bench, phase: Phase, targets: Targets): Promise<string[]> {
  const found = await checkInvariants(
    { legacy: session, unified: session },
    phase.invariants,
    targets.unified,
  );
  return found.filter(({ ok }) => !ok).map(({ name }) => name);
}

/** The same rows in another order. */
function shuffled<T>(rows: readonly T[], seed: number): T[] {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state;
  };
  return rows
    .map((row) => [random(), row] as const)
    .sort(([a], [b]) => a - b)
    .map(([, row]) => row);
}

/** Column names, types and collations in the order of the columns. */
export async function columnsOf(session: Session, relation: string): Promise<TextRow[]> {
  return session.query(
    `select attname, format_type(atttypid, atttypmod) as type, attcollation::text as collation
       from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and not attisdropped order by attnum`,
    [relation],
  );
}

/** Unifies a world in both phases and expects that nothing is lost, nothing invented, and no order matters. */
export async function expectIdentity(bench: Bench, world: World, seed: number): Promise<void> {
  const { session, phases } = bench;
  await fill(bench, world);
  for (const { phase, targets } of phases) {
    const rows = await extract(session, phase);
    const counts = rows.map((source) => source.length);
    expect(counts).toEqual(phase.bound.sources.map(({ rule }) => world.get(rule.table)?.length));
    const merged = mergeRows(phase, rows);
    await load(session, targets, merged);
    const nothing = Object.fromEntries(phase.bound.sources.map(({ rule }) => [rule.table, []]));
    expect(await differences(session, phase)).toEqual(nothing);
    expect(await violations(bench, phase, targets)).toEqual([]);
    if (phase.name === 'opportunities') {
      // The short way for single rows is the general one.
      const model = foundModel(opportunitiesDeclaration.model, bench.legacy);
      const sides = sidesOf(model, phase.bound);
      const golden = new GoldenRecord(model, phase.bound, sides);
      const merger = severalRowsOf(model, sides, { golden, builder: new RowBuilder(phase.bound) });
      expect(mergeRows({ ...phase, merger }, rows)).toEqual(merged);
    }
    // Nothing is dropped: every row is booked once.
    expect(merged.booked.map(({ primary, folded }) => primary + folded)).toEqual(counts);
    expect(merged.booked.reduce((sum, { folded }) => sum + folded, 0)).toBe(merged.folded.length);
    // And the order in which a key's rows come changes nothing.
    const other = mergeRows(
      phase,
      rows.map((source) => shuffled(source, seed)),
    );
    expect([...other.unified].sort()).toEqual([...merged.unified].sort());
    expect([...other.folded].sort()).toEqual([...merged.folded].sort());
    expect(other.booked).toEqual(merged.booked);
  }
}
