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
}

/** Functions of the database itself, by the names under which SQL may call them. */
const OWN_FUNCTIONS = `select p.oid::text as oid, n.nspname as schema, p.proname as name
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname not in ('pg_catalog', 'information_schema', 'drydock') and n.nspname not like 'pg\\_%' and p.prokind = 'f'
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  order by p.oid`;

/**
 * Reads from the catalog how some tables are made. Their triggers, policies and foreign keys are left aside: what is tried is
 * the declaration, on rows that are generated without regard to other tables. Inside a transaction.
 *
 * @param sql texts that may call functions of the database, which are read as well
 */
export async function readDefinitions(
  session: Session,
  tables: readonly LegacyTable[],
  sql: readonly string[],
): Promise<SourceDefinitions> {
  const { qualified, extensions } = await readSchema(
    session,
    tables.map(({ oid }) => oid),
  );
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
  const homes = new Map(tables.map(({ schema, home, name }) => [`${schema}.${name}`, home]));
  const known = new Set(
    qualified.routines.map(({ schema, name, arguments: args }) => `${schema}.${name}(${args})`),
  );
  return {
    document: {
      ...qualified,
      schemas: [
        ...qualified.schemas,
        ...[...new Set(routines.map(({ schema }) => schema))]
          .filter((name) => !qualified.schemas.some((one) => one.name === name))
          .map((name) => ({ name, owner: '', grants: [], comment: null })),
      ],
      // Behind the tables: they may name them.
      routines: [
        ...qualified.routines,
        ...routines.filter(({ schema, name, arguments: args }) => !known.has(`${schema}.${name}(${args})`)),
      ],
      tables: qualified.tables.map((table) => ({
        ...table,
        schema: homes.get(`${table.schema}.${table.name}`) ?? table.schema,
        triggers: [],
        policies: [],
        foreignKeys: [],
        statistics: [],
        rowSecurity: false,
        forceRowSecurity: false,
      })),
    },
    extensions,
    serverNumber: Number(number),
  };
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
