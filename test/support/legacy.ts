import type { LegacyMixture } from '../../fixtures/mixture.js';
import { createLegacySchema } from '../../fixtures/schema/create.js';
import { unifiedTables } from '../../fixtures/schema/extras.js';
import { schemaNames } from '../../fixtures/schema/names.js';
import type { Session } from '../../src/db/session.js';
import { detectLegacy, type LegacyDatabase } from '../../src/legacy/detect.js';
import type { Phase } from '../../src/mapping/phase.js';
import { consolidations } from '../../src/redditharbor/phases.js';
import { TABLES } from '../../src/redditharbor/tables.js';
import type { TestDatabase } from './database.js';
import type { UnifyingPhaseName } from './phases.js';

/** The legacy tables of a mixture as they are written down: with every constraint, index and trigger. */
export async function createLegacy(
  database: TestDatabase,
  mixture: LegacyMixture,
  options: { readonly extras?: boolean } = {},
): Promise<void> {
  const client = await database.client();
  await createLegacySchema(client, mixture, options);
}

/**
 * Takes away what would keep values out: checks, foreign and unique keys, NOT NULL, triggers. Primary keys stay,
 * because ids are what rows are known by.
 */
export async function loosen(database: TestDatabase, mixture: LegacyMixture): Promise<void> {
  const names = schemaNames(mixture);
  const tables = [...unifiedTables(mixture).map((name) => names.table(name))];
  if (mixture.submissions !== 'none') tables.push(names.table('submissions'));
  const { rows } = await database.query<{ statement: string }>(
    `select format('alter table %s drop constraint %I cascade', conrelid::regclass, conname) as statement
       from pg_constraint where conrelid = any ($1::regclass[]) and contype in ('f', 'c', 'u')
     union all
     select format('alter table %s alter column %I drop not null', attrelid::regclass, attname)
       from pg_attribute a where attrelid = any ($1::regclass[]) and attnum > 0 and attnotnull and not exists (
         select from pg_index i where i.indrelid = a.attrelid and i.indisprimary and a.attnum = any (i.indkey::int2[]))
     union all
     select format('alter table %s disable trigger user', t) from unnest($1::regclass[]) t`,
    [`{${tables.map((table) => JSON.stringify(table)).join(',')}}`],
  );
  for (const { statement } of rows) await database.query(statement);
}

/** RedditHarbor's tables as they are found. */
export function detect(session: Session, schema: string, appSchema?: string): Promise<LegacyDatabase> {
  return detectLegacy(session, { tables: TABLES, schema, appSchema });
}

/** A phase, bound to the tables as they are found. */
export async function bindPhase(
  session: Session,
  mixture: Pick<LegacyMixture, 'schema' | 'appSchema'>,
  name: UnifyingPhaseName,
): Promise<Phase> {
  return bound(await detect(session, mixture.schema, mixture.appSchema), name);
}

/** The same for what was detected. */
export function bound(legacy: LegacyDatabase, name: UnifyingPhaseName): Phase {
  const definition = consolidations.find((one) => one.name === name);
  if (definition === undefined) throw new Error(`no phase ${name}`);
  return definition.bind(legacy, new Set(name === 'assessments' ? ['opportunities'] : []));
}
