import { ident, literal, qualified } from '../../db/identifier.js';
import type { Session } from '../../db/session.js';
import { MARKER } from '../../ledger/objects.js';
import { LEDGER_SCHEMA } from '../../ledger/schema.js';
import { FUNCTIONS_SCHEMA } from '../../legacy/moved.js';
import type { Target } from '../../mapping/targets.js';
import { dropPrivateSchemaIfEmpty, preparePrivateSchema } from '../private-schema.js';
import type { Executor } from './executors.js';
import { FUNCTIONS } from './functions-schema.js';

/** What a session of an application may have set, and must not change what the functions read and write. */
const SETTINGS = [
  `timezone = 'UTC'`,
  `datestyle = 'ISO, MDY'`,
  `intervalstyle = 'postgres'`,
  'extra_float_digits = 1',
  `bytea_output = 'hex'`,
  `xmloption = 'content'`,
  'row_security = off',
] as const;

/** A function of reverse capture. */
export interface ReverseFunction {
  readonly name: string;
  readonly args: string;
  readonly returns: string;
  readonly body: string;
  /** With whose rights it runs: it belongs to that role. Null: to us. */
  readonly by: Executor | null;
  /** Of one that triggers call. The others are called by those, and find their settings. */
  readonly trigger: {
    /** Schemas besides the server's own in which names are looked for; all that it says itself is qualified. */
    readonly path: readonly string[];
  } | null;
}

/** What is called by name is always in one schema, so that callers need not know whose it is. */
export function schemaOf({ by, trigger }: Pick<ReverseFunction, 'by' | 'trigger'>): string {
  return trigger !== null && (by === null || by.isOurs) ? LEDGER_SCHEMA : FUNCTIONS_SCHEMA;
}

/**
 * Makes the functions of one of our tables, in the caller's transaction. Each runs with the rights of the role that it
 * belongs to. Nobody else may call it, nor look into its schema, its owner included.
 */
export async function createFunctions(
  session: Session,
  target: Pick<Target, 'schema' | 'name'>,
  functions: readonly ReverseFunction[],
): Promise<void> {
  await preparePrivateSchema(session, FUNCTIONS);
  await dropUncalled(session, target);
  const { me } = await session.one('select current_user as me');
  for (const made of functions) {
    const schema = schemaOf(made);
    const name = `${qualified(schema, made.name)}(${made.args})`;
    const settings = made.trigger === null ? '' : settingsOf(made.trigger.path);
    const owner = made.by?.role ?? String(me);
    await session.execute(
      `create or replace function ${name} returns ${made.returns} language plpgsql security definer ${settings} as ${literal(made.body)}`,
    );
    await session.execute(`comment on function ${name} is ${literal(markerOf(target))}`);
    await session.execute(`revoke all on function ${name} from public`);
    // Only who may create in a schema may own something there; that is no superuser's concern, and ours for a moment.
    const grant = schema === FUNCTIONS_SCHEMA && owner !== me;
    if (grant) await session.execute(`grant create on schema ${ident(schema)} to ${ident(owner)}`);
    await session.execute(`alter function ${name} owner to ${ident(owner)}`);
    if (grant) await session.execute(`revoke create on schema ${ident(schema)} from ${ident(owner)}`);
  }
}

function settingsOf(path: readonly string[]): string {
  const names = ['pg_catalog', ...path.map(ident), 'pg_temp'].join(', ');
  return [`search_path = ${names}`, ...SETTINGS].map((setting) => `set ${setting}`).join(' ');
}

/** By which the functions of a table are found again: names are cut, and owners change. */
function markerOf({ schema, name }: Pick<Target, 'schema' | 'name'>): string {
  return `${MARKER} for ${qualified(schema, name)}`;
}

/** SQL: the functions of a table, each as statements name it. */
const OF_TABLE = `
select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in (${literal(LEDGER_SCHEMA)}, ${literal(FUNCTIONS_SCHEMA)}) and obj_description(p.oid, 'pg_proc') = $1::text`;

/** Those that no trigger calls: what they return may have another type now. */
async function dropUncalled(session: Session, target: Pick<Target, 'schema' | 'name'>): Promise<void> {
  await drop(session, `${OF_TABLE} and not exists (select from pg_trigger t where t.tgfoid = p.oid)`, target);
}

/** Drops the functions of a table, once no trigger calls them any more, and their schema with the last of them. */
export async function dropFunctions(
  session: Session,
  target: Pick<Target, 'schema' | 'name'>,
): Promise<void> {
  await drop(session, OF_TABLE, target);
  await dropPrivateSchemaIfEmpty(session, FUNCTIONS);
}

async function drop(session: Session, query: string, target: Pick<Target, 'schema' | 'name'>): Promise<void> {
  const found = await session.query(query, [markerOf(target)]);
  if (found.length > 0) await session.execute(found.map(({ name }) => `drop function ${name}`).join('; '));
}
