import { ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import type { CatalogText } from './catalog.js';
import { executorOf, readExecutors } from './reverse/executors.js';

type Thing = Record<string, unknown>;
type Picture = Record<string, Record<string, Thing>>;

/** Versions that first say more of the same thing: a right to maintain tables, and constraints against nulls by name. */
const [MAINTAIN_SINCE, NAMED_NOT_NULLS_SINCE] = [170_000, 180_000];

/** A text of a picture: of which part, of which thing, and what the server prints there. */
interface Printed {
  readonly part: string;
  readonly item: string;
  readonly member: string;
  readonly text: string;
}

/** Statements that make something of a printed text, and the query that prints it again. */
interface Reprint {
  readonly make: readonly string[];
  readonly print: string;
  /** The table with whose owner's rights it is made, because to make it runs code of that owner. */
  readonly asOwnerOf?: string;
}

/**
 * An earlier picture of the catalog, as the present server would have printed it. Another version prints the same
 * definition otherwise, and so does the same one after a dump and restore. Where two texts differ, the server reads both,
 * in a transaction that is rolled back, and prints them again; what is the same then is no difference.
 *
 * @returns the earlier picture, with the present text wherever both mean the same
 */
export async function asPrintedNow(
  session: Session,
  before: CatalogText,
  now: CatalogText,
): Promise<CatalogText> {
  const [then, present] = [before, now].map((text) => JSON.parse(text) as Picture) as [Picture, Picture];
  const version = Number(then.server?.version?.number ?? 0);
  // It is there to be known, not to be compared.
  if (present.server !== undefined) then.server = present.server;
  if (version < NAMED_NOT_NULLS_SINCE) addNotNulls(then, present);
  await session.begin();
  try {
    for (const [part, things] of Object.entries(then)) {
      for (const [item, thing] of Object.entries(things)) {
        const other = present[part]?.[item];
        if (other === undefined || other === null || typeof thing !== 'object') continue;
        if (version < MAINTAIN_SINCE && sameRights(thing.acl, other.acl)) thing.acl = other.acl;
        for (const [member, text] of Object.entries(thing)) {
          const is = other[member];
          if (typeof text !== 'string' || typeof is !== 'string' || text === is) continue;
          const [a, b] = [
            await printAgain(session, { part, item, member, text }),
            await printAgain(session, { part, item, member, text: is }),
          ];
          if (a !== null && a === b) thing[member] = is;
        }
      }
    }
  } finally {
    await session.rollback();
  }
  return JSON.stringify(then);
}

/** Those whose columns were not null before are only named now. */
function addNotNulls(then: Picture, present: Picture): void {
  const constraints = then.constraints ?? {};
  const named = Object.values(constraints).some(({ definition }) => isNotNull(definition));
  if (named) return;
  for (const [item, thing] of Object.entries(present.constraints ?? {})) {
    // Whether a column takes nulls is compared with the columns.
    if (isNotNull(thing.definition)) constraints[item] = thing;
  }
  then.constraints = constraints;
}

function isNotNull(definition: unknown): boolean {
  return typeof definition === 'string' && definition.startsWith('NOT NULL ');
}

/** Whether two lists of rights are the same but for the right to maintain a table. */
function sameRights(was: unknown, is: unknown): boolean {
  if (!Array.isArray(was) || !Array.isArray(is)) return false;
  const without = (list: readonly unknown[]) =>
    list.map((one) => String(one).replace(/(?<==[^/]*)m\*?(?=[^/]*\/)/, ''));
  return JSON.stringify(without(was)) === JSON.stringify(without(is));
}

/** Has the server read a text and print it; null where it cannot be read by itself. */
async function printAgain(session: Session, printed: Printed): Promise<string | null> {
  const reprint = reprintOf(printed);
  if (reprint === null) return null;
  await session.execute('savepoint reprint');
  try {
    await becomeOwner(session, reprint.asOwnerOf);
    // Each only one statement: the text was the server's when it was written down.
    for (const statement of reprint.make) await session.executeOne(statement);
    const { text } = await session.one(reprint.print);
    return text ?? null;
  } catch (error) {
    if (sqlState(error)?.length !== 5) throw error;
    return null;
  } finally {
    await session.execute('rollback to savepoint reprint').catch(() => undefined);
  }
}

/** For the rest of the savepoint; where we may not become the owner, the server refuses, and nothing is made. */
async function becomeOwner(session: Session, table: string | undefined): Promise<void> {
  if (table === undefined) return;
  const { oid } = await session.one('select $1::text::regclass::oid::text as oid', [table]);
  const owned = { oid: String(oid) };
  const { role, isOurs } = executorOf(await readExecutors(session, [owned]), owned);
  if (!isOurs) await session.execute(`set local role ${ident(role)}`);
}

const VIEW = 'pg_temp.drydock_reprint';
const PRINT_VIEW = `select pg_get_viewdef('${VIEW}'::regclass) as text`;

function reprintOf({ part, item, member, text }: Printed): Reprint | null {
  const table = tableOf(item);
  const expression = (sql: string, ending = ''): Reprint => ({
    make: [`create temp view drydock_reprint as select (${sql}) as e from ${table}`],
    print: ending === '' ? PRINT_VIEW : `${PRINT_VIEW.replace(' as text', '')} || '${ending}' as text`,
  });
  if (part === 'dependentViews' && member === 'definition')
    return { make: [`create temp view drydock_reprint as ${text}`], print: PRINT_VIEW };
  if (part === 'columns' && member === 'default') return expression(text);
  if (part === 'policies' && (member === 'using' || member === 'check')) return expression(text);
  if (part === 'constraints' && member === 'definition') {
    const [, check, ending = ''] =
      /^CHECK \((.*)\)((?: NO INHERIT| NOT VALID| NOT ENFORCED)*)$/s.exec(text) ?? [];
    return check === undefined ? null : expression(check, ending);
  }
  if (part === 'triggers' && member === 'definition') {
    const at = text.indexOf(` ON ${table} `);
    if (at < 0) return null;
    return {
      make: [
        scratchTable(table),
        `${text.slice(0, at)} ON pg_temp.drydock_reprint ${text.slice(at + ` ON ${table} `.length)}`,
      ],
      print: `select pg_get_triggerdef(oid) as text from pg_trigger where tgrelid = '${VIEW}'::regclass and not tgisinternal`,
    };
  }
  if (part === 'indexes' && member === 'definition') {
    const [, unique = '', on, using] =
      /^CREATE (UNIQUE )?INDEX .*? ON (?:ONLY )?((?:"(?:[^"]|"")+"|\w+)\.(?:"(?:[^"]|"")+"|\w+)) USING (.*)$/s.exec(
        text,
      ) ?? [];
    if (on === undefined || using === undefined) return null;
    return {
      make: [
        scratchTable(on),
        `create ${unique}index drydock_reprint_index on pg_temp.drydock_reprint using ${using}`,
      ],
      print: `select pg_get_indexdef('pg_temp.drydock_reprint_index'::regclass) as text`,
      // Expressions of constants are worked out as soon as an index of them is made, of an empty table too.
      asOwnerOf: on,
    };
  }
  return null;
}

function scratchTable(table: string): string {
  return `create temp table drydock_reprint (like ${table})`;
}

/** The table of `schema.table.thing`, each of which may be quoted. */
function tableOf(item: string): string {
  return item.replace(/\.(?:"(?:[^"]|"")*"|[^".]+)$/, '');
}
