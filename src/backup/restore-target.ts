import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import type { RestoreOptions } from '../reports/restore.js';
import type { CatalogDocument, ForeignKeyDefinition, TableDefinition } from './catalog/document.js';
import { type Place, placeOf } from './catalog/place.js';
import { searchPath } from './catalog/under-path.js';
import type { CheckedBackup } from './check.js';
import type { ManifestTable } from './manifest.js';

/** What is restored from a backup, and where to. */
export interface RestoreTarget {
  /** The definitions as they are carried out: of the chosen tables, with the names of the place they came from. */
  readonly document: CatalogDocument;
  readonly place: Place;
  /** Another schema than the one that it had. */
  readonly into: string | null;
  /** Schemas to search besides: those from which extensions are needed, when names stand alone. */
  readonly further: readonly string[];
  readonly path: string;
  /** The files of the chosen tables, in the order of the document's tables. */
  readonly files: readonly ManifestTable[];
  /** `server_version_num` of the server that the backup is of. */
  readonly serverNumber: number;
  /** Foreign keys on tables that are not restored with them; written with every name qualified. */
  readonly outside: readonly { readonly table: TableDefinition; readonly key: ForeignKeyDefinition }[];
}

/**
 * Chooses the tables.
 *
 * @throws DrydockError when one is named that is not in the backup
 */
export function targetOf(backup: CheckedBackup, options: RestoreOptions): RestoreTarget {
  const { manifest, schema } = backup;
  const into = options.into ?? null;
  const whole = into === null ? schema.qualified : schema.relative;
  const isChosen = chooser(manifest.tables, options.tables, backup.directory);
  const chosen = manifest.tables.map(isChosen);
  const names = new Set(manifest.tables.filter((_, at) => chosen[at]).map(nameOf));
  const saved = new Set(manifest.tables.map(nameOf));
  const isInside = ({ target }: ForeignKeyDefinition) =>
    names.has(nameOf({ schema: target.schema, name: target.table }));
  const pick = <T>(list: readonly T[]): T[] => list.filter((_, at) => chosen[at]);
  const document: CatalogDocument = {
    ...whole,
    tables: pick(whole.tables).map((table, at) => ({
      ...table,
      foreignKeys: table.foreignKeys.filter(isInside),
      // What is not restored with them goes on being named where it is.
      policies: table.policies.map(
        (policy, which) =>
          (policy.namesOthers ? pick(schema.qualified.tables)[at]?.policies[which] : undefined) ?? policy,
      ),
    })),
    sequences: whole.sequences.flatMap((sequence) => {
      if (sequence.ownedBy === null) return [sequence];
      const owner = nameOf({ schema: sequence.ownedBy.schema, name: sequence.ownedBy.table });
      if (names.has(owner)) return [sequence];
      // Of a table that is not in the backup: it is here because a default names it.
      return saved.has(owner) ? [] : [{ ...sequence, ownedBy: null, identity: false }];
    }),
  };
  const homes = new Set(document.tables.map((table) => table.schema));
  const further =
    into === null ? [] : schema.extensions.map((one) => one.schema).filter((name) => homes.has(name));
  return {
    document,
    place: placeOf(whole, into),
    into,
    further: [...new Set(further)],
    path: searchPath(into === null ? [] : [into, ...new Set(further)]),
    files: pick(manifest.tables),
    serverNumber: manifest.serverNumber,
    outside: pick(schema.qualified.tables).flatMap((table) =>
      table.foreignKeys.filter((key) => !isInside(key)).map((key) => ({ table, key })),
    ),
  };
}

function nameOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return JSON.stringify([schema, name]);
}

function chooser(
  tables: readonly ManifestTable[],
  wanted: readonly string[] | undefined,
  directory: string,
): (table: ManifestTable) => boolean {
  if (wanted === undefined) return () => true;
  const matches = (word: string, { schema, name }: ManifestTable) =>
    word === name || word === `${schema}.${name}`;
  const unknown = wanted.filter((word) => !tables.some((table) => matches(word, table)));
  if (unknown.length > 0) {
    throw new DrydockError({
      code: 'not-in-backup',
      what: `The backup in ${directory} does not hold ${unknown.join(', ')}.`,
      state: 'Nothing was restored.',
      next: `It holds ${tables.map(({ schema, name }) => `${schema}.${name}`).join(', ')}.`,
    });
  }
  return (table) => wanted.some((word) => matches(word, table));
}

/**
 * Makes sure that nothing is in the way, and that what has to be there is. Writes nothing.
 *
 * @throws DrydockError
 */
export async function requireRoom(
  session: Session,
  backup: CheckedBackup,
  target: RestoreTarget,
): Promise<void> {
  await requireServer(session, backup);
  await requireExtensions(session, backup);
  const { document, place, into } = target;
  if (into !== null) await requireEmpty(session, into);
  const wanted = [...document.tables, ...document.sequences.filter(({ ownedBy }) => ownedBy !== null)];
  const taken: string[] = [];
  for (const { schema, name } of wanted) {
    const [found] = await session.query(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1::text and c.relname = $2::text`,
      [place.schemaFor(schema), name],
    );
    if (found !== undefined) taken.push(String(found.name));
  }
  if (taken.length > 0) {
    throw new DrydockError({
      code: 'exists',
      what: `There is already ${taken.join(', ')}; a restore never replaces anything.`,
      state: 'Nothing was restored.',
      next: 'Rename or drop what is there, choose with --tables, or restore beside it: --into SCHEMA.',
    });
  }
}

async function requireServer(session: Session, { manifest }: CheckedBackup): Promise<void> {
  const { number, version } = await session.one(
    `select current_setting('server_version_num') as number, current_setting('server_version') as version`,
  );
  const major = (of: number) => Math.floor(of / 10_000);
  if (major(Number(number)) >= major(manifest.serverNumber)) return;
  throw new DrydockError({
    code: 'older-server',
    what: `The backup is of PostgreSQL ${manifest.server}, and the server is ${version}: it may not know what is in it.`,
    state: 'Nothing was restored.',
    next: 'Restore into a server of that version or a newer one.',
  });
}

async function requireExtensions(session: Session, { schema }: CheckedBackup): Promise<void> {
  for (const extension of schema.extensions) {
    const [found] = await session.query('select from pg_extension where extname = $1::text', [
      extension.name,
    ]);
    if (found !== undefined) continue;
    throw new DrydockError({
      code: 'no-extension',
      what: `The tables need the extension ${extension.name}, which this database does not have.`,
      state: 'Nothing was restored.',
      next: `create extension "${extension.name}" with schema "${extension.schema}";`,
    });
  }
}

/**
 * Another schema is searched when expressions are read whose names stand alone: a function that somebody put there
 * could take the place of one that is meant.
 */
async function requireEmpty(session: Session, into: string): Promise<void> {
  const [found] = await session.query(
    `select from pg_namespace n where n.nspname = $1::text and (
       exists (select from pg_class where relnamespace = n.oid) or exists (select from pg_type where typnamespace = n.oid)
       or exists (select from pg_proc where pronamespace = n.oid) or exists (select from pg_operator where oprnamespace = n.oid))`,
    [into],
  );
  if (found === undefined) return;
  throw new DrydockError({
    code: 'schema-not-empty',
    what: `There is something in schema "${into}" already.`,
    state: 'Nothing was restored.',
    next: 'Give --into a schema that is not there yet, or an empty one.',
  });
}
