import type { CatalogDocument, SchemaFile } from '../backup/catalog/document.js';
import { placeOf } from '../backup/catalog/place.js';
import { readSchema } from '../backup/catalog/read.js';
import { readRoutines } from '../backup/catalog/read-needed.js';
import { searchPath } from '../backup/catalog/under-path.js';
import { Builder } from '../backup/restore-objects.js';
import { withCleanup } from '../db/cleanup.js';
import { connector } from '../db/connect.js';
import { ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import type { LegacyTable } from '../legacy/detect.js';

/** How the sources are made, with what they need: types, functions, sequences, extensions. */
export interface SourceDefinitions {
  readonly document: CatalogDocument;
  readonly extensions: SchemaFile['extensions'];
  readonly serverNumber: number;
  /** What hangs on the tables and is not among these, in words. */
  readonly notCarried: readonly string[];
}

/** Tables that foreign keys lead to, or that have some to these; their definitions are read, too. */
export async function relatedTables(
  session: Session,
  tables: readonly LegacyTable[],
): Promise<readonly string[]> {
  const oids = `{${tables.map(({ oid }) => oid).join(',')}}`;
  const rows = await session.query(
    `select distinct case when k.conrelid = any ($1::text::oid[]) then k.confrelid else k.conrelid end::text as oid from pg_constraint k
     where k.contype = 'f' and (k.conrelid = any ($1::text::oid[]) or k.confrelid = any ($1::text::oid[])) order by 1`,
    [oids],
  );
  return rows.map(({ oid }) => String(oid)).filter((oid) => !tables.some((table) => table.oid === oid));
}

/** Functions of the database itself, by the names under which SQL may call them. */
const OWN_FUNCTIONS = `select p.oid::text as oid, n.nspname as schema, p.proname as name
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname not in ('pg_catalog', 'information_schema', 'drydock') and n.nspname not like 'pg\\_%' and p.prokind = 'f'
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  order by p.oid`;

/**
 * Reads from the catalog how some tables are made. Inside a transaction.
 *
 * @param sql texts that may call functions of the database, which are read as well
 * @param related further tables; null: triggers, policies and foreign keys are left aside as well, because what is tried is
 *   the declaration, on rows that are generated without regard to other tables
 */
export async function readDefinitions(
  session: Session,
  tables: readonly LegacyTable[],
  sql: readonly string[],
  related: readonly string[] | null = null,
): Promise<SourceDefinitions> {
  const {
    qualified: found,
    extensions,
    notCarried,
  } = await readSchema(session, [...tables.map(({ oid }) => oid), ...(related ?? [])]);
  const document = atHome(found, tables);
  const there = new Set(document.tables.map(({ schema, name }) => `${schema}.${name}`));
  const called = (await session.query(OWN_FUNCTIONS)).filter(({ schema, name }) =>
    sql.some(
      (text) =>
        text.includes(`${schema}.${name}`) ||
        text.includes(`${ident(String(schema))}.${ident(String(name))}`),
    ),
  );
  const oids = called.map(({ oid }) => String(oid));
  const routines = await readRoutines(session, searchPath([]), { routines: oids, order: oids });
  const { number } = await session.one(`select current_setting('server_version_num') as number`);
  const known = new Set(
    document.routines.map(({ schema, name, arguments: args }) => `${schema}.${name}(${args})`),
  );
  return {
    document: {
      ...document,
      schemas: [
        ...document.schemas,
        ...[...new Set(routines.map(({ schema }) => schema))]
          .filter((name) => !document.schemas.some((one) => one.name === name))
          .map((name) => ({ name, owner: '', grants: [], comment: null })),
      ],
      // Behind the tables: they may name them.
      routines: [
        ...document.routines,
        ...routines.filter(({ schema, name, arguments: args }) => !known.has(`${schema}.${name}(${args})`)),
      ],
      tables: document.tables.map((table) => ({
        ...table,
        ...(related === null ? { ...BARE } : {}),
        triggers: related === null ? [] : table.triggers.filter(({ definition }) => !OURS.test(definition)),
        foreignKeys:
          related === null
            ? []
            : table.foreignKeys.filter(({ target }) => there.has(`${target.schema}.${target.table}`)),
        // Roles that they are for need not be there.
        policies: [],
        statistics: [],
      })),
    },
    extensions,
    notCarried,
    serverNumber: Number(number),
  };
}

/** A table that lets any rows in. */
const BARE = { rowSecurity: false, forceRowSecurity: false };

/** Triggers of Drydock's own. */
const OURS = /\bdrydock(?:_reverse)?\./;

/** What a cutover moved is made again where it was: tables, their sequences, and all that names them. */
function atHome(document: CatalogDocument, tables: readonly LegacyTable[]): CatalogDocument {
  const moved = tables.find(({ schema, home }) => schema !== home);
  if (moved === undefined) return document;
  const { schema, home } = moved;
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value === schema ? home : value.replaceAll(`${schema}.`, () => `${ident(home)}.`);
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one)]));
  };
  return walk(document) as CatalogDocument;
}

/** Makes the tables in an empty database. @throws DrydockError `no-scratch` */
export async function makeTables(
  url: string,
  { document, extensions, serverNumber }: SourceDefinitions,
  schemas: readonly string[],
): Promise<void> {
  try {
    await withCleanup(async (cleanup) => {
      const session = await connector(url).open(cleanup);
      for (const schema of schemas) await session.execute(`create schema if not exists ${ident(schema)}`);
      for (const { name, schema } of extensions) {
        await session.execute(`create schema if not exists ${ident(schema)}`);
        await session.execute(`create extension if not exists ${ident(name)} with schema ${ident(schema)}`);
      }
      await session.transaction(async () => {
        await session.execute('set local check_function_bodies = off');
        const path = searchPath([]);
        const builder = new Builder(session, {
          document,
          place: placeOf(document, null),
          into: null,
          further: [],
          path,
          files: [],
          serverNumber,
          outside: [],
        });
        await builder.makeTables();
        await builder.finishTables(new Set());
      });
    });
  } catch (cause) {
    throw new DrydockError({
      code: 'no-scratch',
      what: `The tables cannot be made again on the server for trials: ${cause instanceof Error ? cause.message : String(cause)}`,
      state: 'Nothing was tried, and nothing was written to your database: it is only read.',
      next: 'Name a server with --scratch-url that has the extensions and the version of yours.',
      cause,
    });
  }
}
