import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { unifiedTables } from '../../fixtures/schema/extras.js';
import { schemaNames } from '../../fixtures/schema/names.js';
import { ident } from '../../src/db/identifier.js';
import { plan, rollback, run, status, verify } from '../../src/index.js';
import { catalogOf } from '../support/catalog.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { asDrydock } from '../support/own-writes.js';
import { prepared } from '../support/prepared.js';
import { isServer } from '../support/version.js';

/** Schemas of the legacy tables and of `app_opportunities`. */
const SCHEMAS = [
  ['we"ird Sch€ma\\', 'App Opps'],
  // 63 bytes each, and told apart by the last one.
  [`Upper "quoted" ';--$1 ${'x'.repeat(40)}1`, `Upper "quoted" ';--$1 ${'x'.repeat(40)}2`],
] as const;

/** Names that take 63 bytes, as many as Postgres allows, and differ in the last one only; and names that we use ourselves. */
const COLUMNS = [
  `${'x'.repeat(62)}1`,
  `${'x'.repeat(62)}2`,
  '€'.repeat(21),
  'Quoted "Name"',
  "it's",
  'back\\slash',
  'a,b(c)',
  '$1',
  'select',
  'merge_key',
  'residue',
  'unified_id',
  'source',
  'batch',
  'c0',
  'x0',
  'r',
  's',
  't',
  'from_opportunities',
  'opportunity_created_at',
  'dlt_id',
  'legacy_app_opportunities_dlt_id',
] as const;

test.each(SCHEMAS)('hostile names of schemas and columns: %s', async (schema, appSchema) => {
  const mixture = mixtureOf({ schema, appSchema });
  const columns = COLUMNS.map((name) => `add column ${ident(name)} text default 'of ' || gen_random_uuid()`);
  const sql = unifiedTables(mixture)
    .map((table) => `alter table ${schemaNames(mixture).table(table)} ${columns.join(', ')}`)
    .join('; ');
  const database = await prepared({ mixture, submissions: 40, oddShare: 0.1, extras: true, sql });
  const before = await catalogOf(database);
  const options = { databaseUrl: database.url, schema, appSchema };
  expect((await plan(options)).stops).toEqual([]);
  expect(await run({ ...options, batchSize: 40 })).toMatchObject({ outcome: 'done' });
  const client = await database.client();
  await expectEqual(client, pairsOf(mixture));
  expect(await verify({ ...options, strict: true, batches: { from: 1, to: 2 } })).toMatchObject({
    equal: true,
  });
  expect((await run({ ...options, batches: { from: 1, to: 2 } })).phases).toMatchObject([
    { rowsWritten: 0 },
    { rowsWritten: 0 },
    { state: 'verified' },
  ]);

  // And a difference in one of them is named as it is.
  await asDrydock(
    database,
    `update ${ident(schema)}.opportunities_unified set "opportunity_merge_key" = 'another' where from_opportunities`,
  );
  const found = await verify({ ...options, phases: ['opportunities'], limit: 1 });
  expect(found.phases[0]?.tables[0]?.differences[0]?.columns).toMatchObject([
    { column: 'merge_key', unified: 'another' },
  ]);
  await rollback(options);
  expect(await catalogOf(database)).toEqual(before);
});

test('a search_path full of impostors, and other settings of the database, change nothing', async () => {
  const mixture = mixtureOf({});
  const database = await prepared({ mixture, submissions: 50, oddShare: 0, extras: true });
  // Each is called by us somewhere, and better matches its arguments than the real one, or comes before it.
  const functions = [
    ['sha256(bytea)', 'bytea', `'\\x00'`],
    ['hash_record_extended(record, bigint)', 'bigint', '1'],
    ['hashint8extended(bigint, bigint)', 'bigint', '1'],
    ['sum_impostor(bigint, bigint)', 'bigint', '0'],
    ['count(text)', 'bigint', '0'],
    ['encode(bytea, text)', 'text', `''`],
    ['convert_to(text, name)', 'bytea', `'\\x'`],
    ['convert_to(text, text)', 'bytea', `'\\x'`],
    ['substr(bytea, int, int)', 'bytea', `'\\x'`],
    ['substr(text, int)', 'text', `''`],
    ['starts_with(text, text)', 'boolean', 'true'],
    ['starts_with(varchar, text)', 'boolean', 'true'],
    ['length(text)', 'int', '0'],
    ['length(varchar)', 'int', '0'],
    ['lower(text)', 'text', `''`],
    ['lower(varchar)', 'text', `''`],
    ['concat(text)', 'text', `''`],
    ['trim_scale(numeric)', 'numeric', '0'],
    ['width_bucket(uuid, uuid[])', 'int', '0'],
    ['pg_backend_pid()', 'int', '0'],
    ['pg_try_advisory_lock(int, int)', 'boolean', 'false'],
    ['hashtext(text)', 'int', '0'],
    ['current_setting(text)', 'text', `'0'`],
    ['quote_ident(text)', 'text', `'x'`],
    ['pg_get_viewdef(oid)', 'text', `''`],
    ['clock_timestamp()', 'timestamptz', `'1999-01-01'`],
  ];
  const operators = ['uuid', 'text', 'oid', 'bigint', 'int'].flatMap((type) => [
    `create function evil.never(${type}, ${type}) returns boolean immutable language sql as 'select false'`,
    `create operator evil.= (leftarg = ${type}, rightarg = ${type}, function = evil.never)`,
    `create operator evil.>= (leftarg = ${type}, rightarg = ${type}, function = evil.never)`,
  ]);
  await database.query(
    [
      'create schema evil',
      ...functions.map(
        ([signature, type, result]) =>
          `create function evil.${signature} returns ${type} immutable language plpgsql as $$ begin return ${result}; end $$`,
      ),
      'create aggregate evil.sum (bigint) (sfunc = evil.sum_impostor, stype = bigint)',
      'create domain evil.uuid as text',
      'create domain evil.jsonb as text',
      'create view evil.pg_class as select * from pg_catalog.pg_class where false',
      'create view evil.pg_namespace as select * from pg_catalog.pg_namespace where false',
      ...operators,
    ].join(';\n'),
  );
  const settings = [
    'search_path to evil, public, pg_catalog',
    `quote_all_identifiers to on`,
    'array_nulls to off',
    'transform_null_equals to on',
    ...(isServer(19) ? [] : ['standard_conforming_strings to off']),
    `default_transaction_isolation to 'serializable'`,
    'default_transaction_read_only to on',
    `statement_timeout to '10ms'`,
    'row_security to on',
  ];
  for (const setting of settings) await database.query(`alter database "${database.name}" set ${setting}`);
  const report = await run({ databaseUrl: database.url, batchSize: 100 });
  expect(report).toMatchObject({ outcome: 'done', phases: Array(3).fill({ state: 'verified' }) });
  for (const setting of settings)
    await database.query(`alter database "${database.name}" reset ${setting.split(' ')[0]}`);
  const client = await database.client();
  await expectEqual(client, pairsOf(mixture));
  // The views are still what was made, seen from a session with other settings.
  expect(await verify({ databaseUrl: database.url, strict: true })).toMatchObject({ equal: true });
  const { phases } = await status({ databaseUrl: database.url });
  expect(Date.parse(phases[0]?.lastRun?.startedAt ?? '')).toBeGreaterThan(Date.parse('2020-01-01'));
});
