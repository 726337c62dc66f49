import { generatedName, ident, literal } from '../db/identifier.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { isRetryable, type PostgresError, sqlState } from '../db/sqlstate.js';
import type { ForeignKeySpec, IndexSpec } from '../mapping/index-spec.js';
import type { Target, Targets } from '../mapping/targets.js';

/** One index of ours, as DDL. */
export interface IndexBuild {
  readonly target: Target;
  readonly name: string;
  readonly statement: string;
  readonly kind: IndexSpec['kind'];
}

/**
 * How full the buckets of a hash index are, in percent, before it gets more of them; 75 if nothing is said. With 85 hardly
 * one in a thousand overflows into a second page, and the index of 430,000 short ids is 8 % smaller.
 */
const HASH_FILL = 85;

export function indexBuilds(targets: Targets, specs: readonly IndexSpec[]): IndexBuild[] {
  const builds = specs.map((spec): IndexBuild => {
    const target = spec.table === 'unified' ? targets.unified : targets.folded;
    const isPrimaryKey = spec.kind === 'primary key';
    const name = isPrimaryKey
      ? generatedName(target.name, 'pkey')
      : generatedName(target.name, ...spec.columns, 'idx');
    const unique = isPrimaryKey || spec.kind === 'unique' ? 'unique ' : '';
    const method = spec.kind === 'hash' ? 'hash' : 'btree';
    const where = spec.where === undefined ? '' : ` where ${spec.where}`;
    const filled = spec.kind === 'hash' ? ` with (fillfactor = ${HASH_FILL})` : '';
    const columns = spec.columns.map((column) =>
      spec.cast === undefined ? ident(column) : `(${ident(column)}::${spec.cast})`,
    );
    return {
      target,
      name,
      statement: `create ${unique}index ${ident(name)} on ${target.qualified} using ${method} (${columns.join(', ')})${filled}${where}`,
      kind: spec.kind,
    };
  });
  // One index for two columns of the same name and use is enough.
  return [...new Map(builds.map((build) => [build.name, build])).values()];
}

/** Builds an index unless it is there; a plain build, because nobody reads these tables yet. */
export async function buildIndex(session: Session, build: IndexBuild, signal?: AbortSignal): Promise<void> {
  const retryable = (error: unknown) => isRetryable(error) || isMadeMeanwhile(error);
  await withRetry(
    async () => {
      const { there } = await session.one(
        `select exists (
           select from pg_index i join pg_class c on c.oid = i.indexrelid
           where i.indrelid = $1::text::regclass and c.relname = $2::text and i.indisvalid
         )::text as there`,
        [build.target.qualified, build.name],
      );
      if (there !== 'true') await session.execute(build.statement);
    },
    { signal, retryable },
  );
}

/** A predecessor that was killed had its backend go on with this very index; it is there now. */
function isMadeMeanwhile(error: unknown): boolean {
  const { constraint } = error as PostgresError;
  return sqlState(error) === '42P07' || constraint === 'pg_class_relname_nsp_index';
}

/**
 * Makes a finished unique index a constraint: a short lock, no scan. The primary key can be referenced; the others
 * are checked at the end of a statement, so that one update may swap two rows' values.
 */
export async function attachConstraint(session: Session, build: IndexBuild): Promise<void> {
  const kind = { 'primary key': 'primary key', unique: 'unique', btree: null, hash: null }[build.kind];
  if (kind === null) return;
  const statement = `alter table ${build.target.qualified} add constraint ${ident(build.name)} ${kind} using index ${ident(build.name)}`;
  // With the primary key the whole row need not say any more which one it is.
  const after = kind === 'unique' ? ' deferrable' : ', replica identity default';
  await addUnlessThere(session, build.target, build.name, `${statement}${after}`);
}

/** Adds a foreign key without a long lock: unchecked for the rows that are there, see {@link validateForeignKey}. */
export async function addForeignKey(session: Session, target: Target, key: ForeignKeySpec): Promise<void> {
  const name = generatedName(target.name, key.column, 'fkey');
  const { schema, table, column } = key.references;
  const references = `${ident(schema)}.${ident(table)} (${ident(column)}) on delete ${key.onDelete}`;
  await addUnlessThere(
    session,
    target,
    name,
    `alter table ${target.qualified} add constraint ${ident(name)} foreign key (${ident(key.column)}) references ${references} not valid`,
  );
}

/** Checks a foreign key for all rows, under a lock that lets writers pass. */
export async function validateForeignKey(
  session: Session,
  target: Target,
  key: ForeignKeySpec,
): Promise<void> {
  const name = generatedName(target.name, key.column, 'fkey');
  const { validated } = await session.one(
    'select convalidated::text as validated from pg_constraint where conrelid = $1::text::regclass and conname = $2::text',
    [target.qualified, name],
  );
  if (validated !== 'true') {
    await withRetry(() =>
      session.execute(`alter table ${target.qualified} validate constraint ${ident(name)}`),
    );
  }
}

/** What a constraint that a predecessor's backend adds before us makes of our own attempt. */
const ADDED_MEANWHILE: ReadonlyMap<string, string> = new Map([
  ['42710', 'there is a constraint of this name'],
  ['42P16', 'there is a primary key'],
  ['55000', 'the index belongs to a constraint'],
]);

/** Looks again after each failed attempt: the backend of a killed predecessor may have gone on with this very work. */
async function addUnlessThere(
  session: Session,
  target: Target,
  constraint: string,
  statement: string,
): Promise<void> {
  const retryable = (error: unknown) => isRetryable(error) || ADDED_MEANWHILE.has(sqlState(error) ?? '');
  await withRetry(
    async () => {
      const { there } = await session.one(
        'select exists (select from pg_constraint where conrelid = $1::text::regclass and conname = $2::text)::text as there',
        [target.qualified, constraint],
      );
      if (there !== 'true') await session.execute(statement);
    },
    { retryable },
  );
}

/** Gives index builds of this session more memory, never less than the server's own setting. */
export async function raiseMaintenanceMemory(session: Session, megabytes: number): Promise<void> {
  await session.execute(
    `select set_config('maintenance_work_mem', greatest(pg_size_bytes(current_setting('maintenance_work_mem')), ${megabytes}::bigint << 20) / 1024 || ${literal('kB')}, false)`,
  );
}
