import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../../src/db/session.js';
import { upperCase } from '../../../src/mapping/conversions/letter-case.js';
import { same } from '../../../src/mapping/conversions/same.js';
import { vocabulary } from '../../../src/mapping/conversions/vocabulary.js';
import {
  OTHERWISE,
  STATUS_WORDS,
  UNIFIED_STATUSES,
} from '../../../src/redditharbor/questions/declared-rules.js';
import { createTestDatabase } from '../../support/database.js';
import { openSession } from '../../support/session.js';
import { ALONE, conversionBench, lost, said } from './round-trip.js';
import { anyText, NASTY_TEXTS, short } from './texts.js';

const statusOf = (usual: Readonly<Record<string, string>>) => vocabulary(STATUS_WORDS, OTHERWISE, usual);

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('words')).url);
  await session.execute(`create domain public.word as varchar(30) check (value <> 'never')`);
});

const LENGTHS = {
  text: 5000, 'character varying': 5000, 'varchar(20)': 20, 'char(20)': 20, 'public.word': 30,
}; // biome-ignore format: a table

const settings = { numRuns: 2 } as const;
const many = (value: fc.Arbitrary<string>) => fc.array(value, { minLength: 100, maxLength: 200 });

describe.each(Object.entries(LENGTHS))('%s', (type, length) => {
  const nasty = NASTY_TEXTS.map((text) => [...text].slice(0, length).join(''));

  test('same: every text comes back', async () => {
    const bench = await conversionBench(session, same, type, 'text');
    await fc.assert(
      fc.asyncProperty(many(short(anyText, length)), async (values) => {
        const converted = await bench.convert([...nasty, ...values]);
        expect(converted.filter(({ exact }) => !exact)).toEqual([]);
        expect(lost(converted)).toEqual([]);
      }),
      settings,
    );
  });

  const levels = fc.constantFrom('VERY_HIGH', 'high', 'Medium', 'No-Badge', 'gold', 'É', 'é', 'ı', 'ß');
  test.each([
    ['dlt', 'lower'],
    ['table', 'upper'],
  ] as const)('upper case, written by %s in %s case', async (shape, written) => {
    const bench = await conversionBench(session, upperCase(['dlt']), type, 'text', shape);
    await fc.assert(
      fc.asyncProperty(many(fc.oneof(levels, short(anyText, length))), async (values) => {
        const converted = await bench.convert(
          [...nasty, ...values],
          `upper(v::text collate "C") || case when v::text = ${written}(v::text collate "C") then ' exact' else '' end`,
        );
        expect(lost(converted)).toEqual([]);
        // A golden value of type text keeps the blanks with which a char(n) is filled up; the oracle's text does not.
        const trimmed = (text: string | null) =>
          type === 'char(20)' ? text?.replace(/ +( exact)?$/, '$1') : text;
        expect(said(converted).map(trimmed)).toEqual(converted.map(({ oracle }) => trimmed(oracle)));
      }),
      settings,
    );
  });

  const raw = fc.constantFrom(
    'identified', 'discovered', 'pending', 'scored', 'completed', 'ai_enriched', 'validated', 'built',
    'rejected', 'failed', 'archived', 'Discovered', 'discovered ', 'unheard of', '', 'constructor', '__proto__',
  ); // biome-ignore format: a list
  test('a vocabulary: words of it, and any other', async () => {
    const usual = {
      discovered: 'pending',
      ai_enriched: 'completed',
      validated: 'validated',
      archived: 'failed',
    };
    const bench = await conversionBench(session, statusOf(usual), type, 'text');
    await fc.assert(
      fc.asyncProperty(many(fc.oneof(raw, short(anyText, length))), async (values) => {
        const converted = await bench.convert([...nasty, ...values]);
        expect(lost(converted)).toEqual([]);
        for (const { golden } of converted) expect(UNIFIED_STATUSES).toContain(golden);
        if (type === 'char(20)') return;
        const exact = converted.filter((one) => one.exact).map(({ legacy }) => legacy);
        expect(new Set([...exact, ...Object.values(usual)])).toEqual(new Set(Object.values(usual)));
      }),
      settings,
    );
  });
});

test('an enum is a vocabulary too, whichever words it has', async () => {
  await session.execute(
    `create type public.stage as enum ('identified', 'built', 'On hold'); create type public.level as enum ('HIGH', 'low')`,
  );
  const usual = {
    discovered: 'identified',
    ai_enriched: 'scored',
    validated: 'validated',
    archived: 'rejected',
  };
  const stages = await conversionBench(session, statusOf(usual), 'public.stage', 'text');
  const converted = await stages.convert(['identified', 'built', 'On hold']);
  expect(said(converted)).toEqual(['discovered exact', 'validated', 'discovered']);
  expect(lost(converted)).toEqual([]);
  const levels = await conversionBench(session, upperCase(['dlt']), 'public.level', 'text');
  expect(said(await levels.convert(['HIGH', 'low']))).toEqual(['HIGH exact', 'LOW']);
});

test('the statuses are those of the design', async () => {
  const usual = { discovered: 'x', ai_enriched: 'x', validated: 'x', archived: 'x' };
  const bench = await conversionBench(session, statusOf(usual), 'text', 'text');
  const becomes = async (raw: readonly string[]) =>
    new Set((await bench.convert(raw)).map(({ golden }) => golden));
  expect(await becomes(['identified', 'discovered', 'pending'])).toEqual(new Set(['discovered']));
  expect(await becomes(['scored', 'completed', 'ai_enriched'])).toEqual(new Set(['ai_enriched']));
  expect(await becomes(['validated', 'built'])).toEqual(new Set(['validated']));
  expect(await becomes(['rejected', 'failed', 'archived'])).toEqual(new Set(['archived']));
  expect(await becomes(['BUILT', 'on hold', '', ' built'])).toEqual(new Set(['discovered']));
});

test('the view of lower-cased words has the collation of the words themselves', async () => {
  const bench = await conversionBench(session, upperCase(['dlt']), 'text', 'text', 'dlt');
  const [row] = await session.query(
    `select pg_collation_for(${bench.conversion.inverse('g', ALONE)}) as collation from (values ('HIGH'::text)) t (g)`,
  );
  expect(row).toEqual({ collation: '"default"' });
});

test.each([same, upperCase(['dlt'])])('numbers and documents are no words', async (rule) => {
  for (const type of ['integer', 'jsonb', 'uuid'])
    await expect(conversionBench(session, rule, type, 'text')).rejects.toThrow('no conversion');
});
