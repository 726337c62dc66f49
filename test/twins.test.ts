import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { wordsSql } from '../src/consolidation/crosswalk/written-fallbacks.js';
import { DecimalMean } from '../src/consolidation/decimal-mean.js';
import { encode, NULL } from '../src/copy-binary/values.js';
import { literal } from '../src/db/identifier.js';
import type { Session } from '../src/db/session.js';
import { KeyRange, tile } from '../src/keys/key-range.js';
import { uuidFromText } from '../src/keys/raw-id.js';
import { isUuid } from '../src/keys/uuid.js';
import type { Batch } from '../src/ledger/batches.js';
import { readTable } from '../src/legacy/catalog.js';
import { upperCase } from '../src/mapping/conversions/letter-case.js';
import { same } from '../src/mapping/conversions/same.js';
import { score } from '../src/mapping/conversions/score.js';
import { stringList } from '../src/mapping/conversions/string-list.js';
import { vocabulary } from '../src/mapping/conversions/vocabulary.js';
import type { ConversionFor } from '../src/mapping/mapping.js';
import { compareVersions, versionRank } from '../src/mapping/versions.js';
import { TOTAL, WEIGHTS } from '../src/redditharbor/assessments.js';
import { KNOWN_STATUSES, OTHERWISE, STATUS_WORDS } from '../src/redditharbor/questions/declared-rules.js';
import { totalOf } from '../src/redditharbor/questions/legacy/assessments.js';
import { LegacyRow } from '../src/redditharbor/questions/legacy/columns.js';
import { foldTextFor } from '../src/redditharbor/questions/legacy/fold-text.js';
import { batchNumber, batchOf, type SyncJob } from '../src/sync/job.js';
import { foldText } from '../src/transform/fingerprint.js';
import { ALONE } from './mapping/conversions/round-trip.js';
import { createTestDatabase } from './support/database.js';
import { openSession } from './support/session.js';
import { textTwin } from './support/twins.js';

/**
 * Every rule that has two forms, one in TypeScript for a merge and one in SQL for a direct write, a view, the verifier or a
 * question of `bench`, held together over generated values. Those that have a test of their own:
 *
 *   first words of a text                 test/mapping/first-words.test.ts
 *   conversions forward and back          test/mapping/conversions/*.test.ts (here: what may be written directly)
 *   lists of functions, as `bench` asks   test/redditharbor/questions/function-list.test.ts
 *   earliest and latest moments           test/transform/timestamps.test.ts
 *   raw ids and the keys made of them     test/keys/raw-id.test.ts (SQL alone; the uuid's pattern is here)
 *   JSON that jsonb prints alike          test/consolidation/plain-json.test.ts
 *   numbers as the server prints them     test/copy-binary
 *   winners, ideas and keys as a whole    test/benchmark/bench.test.ts: both forms of each question, over odd data
 */

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('twins')).url);
});

const sample = <T>(values: fc.Arbitrary<T>, numRuns = 400): T[] => fc.sample(values, { numRuns, seed: 7 });
const plain = (text: string) => text.toWellFormed().replaceAll('\0', '');
const word = fc.oneof(
  fc.constantFrom(
    ...KNOWN_STATUSES,
    'Validated',
    'built ',
    '',
    'é',
    'ß',
    'SS',
    'ẞ',
    'İ',
    'ﬁ',
    '１',
    '\u00a0',
    '\u3000',
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map(plain),
  fc.string({ unit: 'binary', maxLength: 10 }).map(plain),
);

test('status: the words', async () => {
  const words = { kind: 'words', words: STATUS_WORDS, usual: {}, otherwise: OTHERWISE } as const;
  const read = (raw: string) => STATUS_WORDS.get(raw) ?? OTHERWISE;
  await textTwin(session, sample(word), { sql: (raw) => wordsSql(raw, 'text', words), script: read });
  // Blanks that fill up a char(n) are none of the word.
  const { blanks } = await session.one(`select ${wordsSql(`'built'::char(9)`, 'bpchar', words)} as blanks`);
  expect(blanks).toBe('validated');
});

test('fingerprint: text as two people would call it the same', async () => {
  const fold = await foldTextFor(session);
  const letters = fc.oneof(
    fc.constantFrom(
      'a',
      'Z',
      ' ',
      '\t',
      '-',
      '.',
      'é',
      'É',
      'ß',
      'ẞ',
      'ﬁ',
      '½',
      'Σ',
      'ς',
      'İ',
      '\u00a0',
      '\u3000',
      '»',
      '…',
      '日',
    ),
    fc.constantFrom(...'abcXYZ012'),
  );
  await textTwin(session, sample(fc.array(letters, { maxLength: 12 }).map((parts) => parts.join(''))), {
    sql: fold,
    script: (text) => foldText(encode(text)),
  });
});

test('versions: which one is the higher', async () => {
  const part = fc.oneof(
    fc.constantFrom('1', '01', '9', '10', '1.10', 'v', '-beta', '.', '', ' ', 'é', '20251118123456789012345'),
    fc.nat(2000).map(String),
  );
  const version = fc.option(fc.array(part, { maxLength: 5 }).map((parts) => parts.join('')));
  const pairs = sample(fc.tuple(version, version), 600);
  const rows = await session.query(
    `select case when a.rank < b.rank then -1 when a.rank > b.rank then 1 else 0 end as sign
     from json_array_elements($1::json) with ordinality v (value, at),
       lateral (select ${versionRank('v.value ->> 0')} as rank) a, lateral (select ${versionRank('v.value ->> 1')} as rank) b order by v.at`,
    [JSON.stringify(pairs)],
  );
  const sent = (text: string | null) => (text === null ? NULL : encode(text));
  expect(pairs.map((pair, at) => [...pair, Number(rows[at]?.sign)])).toEqual(
    pairs.map(([a, b]) => [a, b, Math.sign(compareVersions(sent(a), sent(b)))]),
  );
});

test('keys: ranges and batches', async () => {
  const uuid = fc.uuid();
  const bounds = sample(uuid, 12);
  const ranges = tile(bounds);
  const batches = ranges.map((range, index) => ({ number: index + 3, range }) as unknown as Batch);
  const job = { batches } as unknown as SyncJob;
  const keys = [...bounds, ...sample(uuid, 300)];
  await textTwin(session, keys, {
    sql: (key) => batchNumber(job, `(${key})::uuid`),
    script: (key) => String(batchOf(job, key)),
  });
  const range = new KeyRange(ranges[2]?.from ?? null, ranges[5]?.to ?? null);
  for (const type of ['uuid', 'text'] as const)
    await textTwin(session, keys, {
      sql: (key) => range.condition(type === 'uuid' ? `(${key})::uuid` : `(${key}) collate "C"`, type),
      script: (key) => String(range.contains(key)),
    });
  const nearly = fc
    .tuple(uuid, fc.constantFrom('', ' ', 'g', '\n', '-'))
    .map(([id, end]) => id.slice(0, 36 - end.length) + end);
  await textTwin(session, [...keys.map((key) => key.toUpperCase()), ...sample(nearly), '', 'x'], {
    sql: (text) => `${uuidFromText(text)} is not null`,
    script: (text) => String(isUuid(text)),
  });
});

test('totals: of a generated column, and of legacy rows on the scale of 0 to 1', async () => {
  const names = Object.keys(WEIGHTS).map((name) =>
    name === 'market_gap_score'
      ? 'competition_level'
      : name === 'simplicity_score'
        ? name
        : name.replace(/_score$/, ''),
  );
  await session.execute(
    `create table public.totals (at int, ${names.map((name) => `${name} numeric(3,2)`).join(', ')})`,
  );
  const table = await readTable(session, 'public', 'totals');
  if (table === undefined) throw new Error('no table');
  const value = fc.option(fc.nat(100).map((points) => (points / 100).toFixed(2)));
  const rows = sample(fc.tuple(...names.map(() => value)), 200);
  for (const [at, row] of rows.entries())
    await session.execute(
      `insert into public.totals values (${at}, ${row.map((points) => points ?? 'null').join(', ')})`,
    );
  const legacy = new LegacyRow({ ...table, shape: { name: 'A' } } as never, 'r');
  const dimensions = Object.keys(WEIGHTS).map((name, index) =>
    name === 'market_gap_score'
      ? `100 * (1 - r.${names[index]}) as ${name}`
      : `100 * r.${names[index]} as ${name}`,
  );
  const { n } = await session.one(
    `select count(*) as n from public.totals r, lateral (select (select (${TOTAL})::numeric(5,2) from (select ${dimensions.join(', ')}) d) as total) t
     where t.total is distinct from ${totalOf(legacy)}`,
  );
  expect(n).toBe('0');
});

test('confidence: the mean', async () => {
  const decimals = fc.array(
    fc.nat(20_000).map((value) => (value / 10_000).toFixed(4)),
    { minLength: 1, maxLength: 9 },
  );
  for (const values of sample(decimals, 60)) {
    const mean = new DecimalMean({ precision: 30, scale: 4, least: null, most: null });
    for (const value of values) mean.enter(value);
    const { wanted } = await session.one(
      `select round(avg(v), 4)::text as wanted from unnest(array[${values.join(', ')}]::numeric[]) v`,
    );
    expect(mean.value()).toBe(wanted);
  }
});

/** Values of golden columns, and what they are given by: legacy types that hold them, in part or not at all. */
const SCORES = sample(
  fc.oneof(
    fc.integer({ min: -200, max: 11_000 }).map((value) => (value / 100).toFixed(2)),
    fc.constantFrom('0.00', '0.01', '99.99', '100.00', '-0.01', '100.01', '33.33', '50.50', '1.005'),
  ),
  150,
);
const LISTS = sample(
  fc
    .array(fc.oneof(fc.constantFrom('a', ' a', 'b\t', '', 'é', '"', '\\', '\u00a0x'), word), { maxLength: 4 })
    .map((items) => JSON.stringify(items)),
  150,
);
const WORDS = sample(word, 150);
const STATUS = vocabulary(STATUS_WORDS, OTHERWISE, {
  discovered: 'identified',
  ai_enriched: 'ai_enriched',
  validated: 'validated',
  archived: 'rejected',
});
const COMMON = { text: 'text', varchar: 'varchar(10)', char: 'char(8)' };
const NUMBERS = {
  plain: 'numeric',
  percent: 'numeric(5,2)',
  narrow: 'numeric(3,2)',
  one: 'numeric(4,1)',
  float: 'double precision',
  int: 'integer',
};

describe.each([
  ['same', same, 'text', WORDS, COMMON],
  ['upper case', upperCase(['dlt']), 'text', WORDS, COMMON],
  ['status', STATUS, 'text', ['discovered', 'ai_enriched', 'validated', 'archived'], COMMON],
  [
    'list',
    stringList,
    'jsonb',
    LISTS,
    { jsonb: 'jsonb', json: 'json', text: 'text', varchar: 'varchar(12)' },
  ],
  ['percent score', score('percent'), 'numeric', SCORES, NUMBERS],
  ['unit score', score('unit'), 'numeric', SCORES, NUMBERS],
  ['complement of a unit score', score('unitComplement'), 'numeric', SCORES, NUMBERS],
] as readonly (readonly [
  string,
  ConversionFor,
  string,
  readonly string[],
  Readonly<Record<string, string>>,
])[])(
  'a golden value that may be written directly is one that a merge makes again: %s',
  (name, rule, golden, values, types) => {
    test.each(Object.entries(types))('%s', async (_type, type) => {
      const table = `held_${name.replaceAll(' ', '_')}_${_type}`;
      await session.execute(`create table public.${table} (v ${type})`);
      const column = (await readTable(session, 'public', table))?.columns[0];
      const conversion = column === undefined ? null : rule(column, 'B');
      if (column === undefined || conversion === null) throw new Error(`no conversion for ${type}`);
      const rows = await session.query(
        `select v.g::text as golden, (${conversion.holds('v.g', ALONE)})::text as holds from (select value::${golden} as g, at from json_array_elements_text($1::json) with ordinality t (value, at)) v order by at`,
        [JSON.stringify(values)],
      );
      let held = 0;
      for (const { golden: value, holds } of rows) {
        if (holds !== 'true') continue;
        held += 1;
        // As the legacy table sends it, blanks included.
        const { legacy } = await session.one(
          `select concat(${conversion.inverse(`${literal(String(value))}::${golden}`, ALONE)}) as legacy`,
        );
        const merged = conversion.forward(encode(String(legacy)));
        const { equal } = await session.one(
          `select (${literal(decodeText(merged))}::${golden} = ${literal(String(value))}::${golden})::text as equal`,
        );
        expect([value, legacy, merged, equal]).toEqual([value, legacy, merged, 'true']);
      }
      expect(held).toBeGreaterThan(0);
    });
  },
);

const decodeText = (bytes: string | null) => Buffer.from(bytes ?? '', 'latin1').toString('utf8');
