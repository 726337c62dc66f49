import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { createLegacySchema } from '../../fixtures/schema/create.js';
import { unifiedTables } from '../../fixtures/schema/extras.js';
import { schemaNames } from '../../fixtures/schema/names.js';
import { verify } from '../../src/index.js';
import { createTestDatabase } from '../support/database.js';
import { loosen } from '../support/legacy.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { plan, run } from '../support/unifying.js';

test('a database in LATIN1 keeps its umlauts', async () => {
  const mixture = mixtureOf({});
  const database = await createTestDatabase('latin1', { encoding: 'LATIN1' });
  const client = await database.client();
  await createLegacySchema(client, mixture, {});
  await loosen(database, mixture);
  const texts = ['Äpfel für Straßenkätzchen', 'Ärger', 'ärger', 'naïve café ÿ', 'plain'];
  await client.query(
    `insert into public.submissions (id, submission_id, title) select gen_random_uuid(), 's' || n, 'Über ' || n from generate_series(1, 40) n`,
  );
  await client.query(
    `insert into public.opportunities (id, identified_from_submission_id, app_name, problem_statement)
       select gen_random_uuid(), id, ($1::text[])[1 + n % 5], ($1::text[])[1 + n % 3]
         from (select id, row_number() over (order by submission_id)::int as n from public.submissions) s, generate_series(1, 3)`,
    [texts],
  );
  await client.query(
    `insert into public.app_opportunities (id, submission_id, title, problem_description, app_concept)
       select gen_random_uuid(), submission_id, ($1::text[])[1 + n % 5], ($1::text[])[1 + n % 4], 'Übersicht'
         from (select submission_id, row_number() over (order by submission_id)::int as n from public.submissions) s`,
    [texts],
  );
  for (const table of unifiedTables(mixture))
    await client.query(
      `alter table ${schemaNames(mixture).table(table)} add column "Größe" text default 'größer', add column "Maß" xml default '<a>ü</a>'`,
    );
  const report = await run({ databaseUrl: database.url, batchSize: 10 });
  expect(report).toMatchObject({ outcome: 'done', phases: [{ state: 'verified' }, { state: 'verified' }] });
  await expectEqual(client, pairsOf(mixture));
  expect(await verify({ databaseUrl: database.url, strict: true })).toMatchObject({ equal: true });
  const { rows } = await client.query(
    `select count(*)::int as n from public.opportunities_unified where title = any ($1) or app_name = any ($1)`,
    [texts],
  );
  expect(rows[0]?.n).toBeGreaterThan(0);
});

test('text that is in no encoding is called so', async () => {
  const mixture = mixtureOf({});
  const database = await createTestDatabase('ascii', { encoding: 'SQL_ASCII' });
  const client = await database.client();
  await createLegacySchema(client, mixture, {});
  await loosen(database, mixture);
  await client.query(
    String.raw`insert into public.app_opportunities (id, submission_id) values (gen_random_uuid(), e'caf\xe9')`,
  );
  await expect(plan({ databaseUrl: database.url })).rejects.toMatchObject({ code: 'not-utf8' });
  await client.query(`update public.app_opportunities set submission_id = 'café'`);
  await run({ databaseUrl: database.url });
  await expectEqual(client, pairsOf(mixture));
});
