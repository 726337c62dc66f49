import { ATTEMPTS, LOCK_PATIENCE } from '../capture/patience.js';
import { dropFunction } from '../capture/triggers.js';
import { generatedName, ident, literal, qualified } from '../db/identifier.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { LEDGER_SCHEMA } from '../ledger/schema.js';
import type { Phase } from '../mapping/phase.js';
import type { Target, Targets } from '../mapping/targets.js';
import { targetsOf } from '../mapping/targets.js';
import { type Project, tablesMadeBy } from '../project/project.js';
import type { PhaseName } from '../reports/phase-name.js';
import { guardBody } from './body.js';
import { isOwnWrite } from './own-writes.js';

/**
 * The guard of the unified tables: until the cutover nobody writes them but Drydock, because the next change of a row would
 * overwrite what somebody else wrote. It is on from the transaction that makes the tables to the one that swaps the names,
 * and from the one that swaps them back.
 *
 * No trigger of a row may come before an insert: COPY would no longer insert many rows at once. A foreign key inserts
 * nothing, so that an insert is refused as a whole; of an update and a delete each row is looked at, after it is written,
 * where the keys of these tables have triggers already.
 */
const EVENTS = {
  insert: 'before insert on',
  update: 'after update on',
  delete: 'after delete on',
  truncate: 'after truncate on',
} as const;

const LEVEL: Readonly<Record<keyof typeof EVENTS, 'row' | 'statement'>> = {
  insert: 'statement',
  update: 'row',
  delete: 'row',
  truncate: 'statement',
};

const EVENT_NAMES = Object.keys(EVENTS) as (keyof typeof EVENTS)[];

const triggerName = (event: keyof typeof EVENTS) => `drydock_guard_${event}`;

const TRIGGERS = EVENT_NAMES.map(triggerName);

type TableId = Pick<Target, 'schema' | 'name'>;

function functionName({ schema, name }: TableId): string {
  return generatedName('guard', schema, name);
}

const both = ({ unified, folded }: Targets) => [unified, folded];

/**
 * Statements that make the guard of a phase's tables, and switch it on; in every session. The function runs as its owner: up
 * to PostgreSQL 17 the triggers of a foreign key's own update fire as whoever deleted, who may have no right to look.
 */
export function createGuard(phase: Phase, owner: string): string[] {
  const targets = targetsOf(phase);
  return both(targets).flatMap((target) => {
    const called = `${qualified(LEDGER_SCHEMA, functionName(target))}()`;
    const body = guardBody(target, target === targets.unified ? phase.foreignKeys : []);
    return [
      `create or replace function ${called} returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as ${literal(body)}`,
      `revoke all on function ${called} from public`,
      ...EVENT_NAMES.map(
        (event) =>
          `create or replace trigger ${ident(triggerName(event))} ${EVENTS[event]} ${target.qualified} for each ${LEVEL[event]} when (not (${isOwnWrite(owner)})) execute function ${called}`,
      ),
      switched(target, 'enable always'),
    ];
  });
}

/** Statements that switch the guard on, in the transaction that swaps the names back. */
export function wakeGuard(targets: Targets): string[] {
  return both(targets).map((target) => switched(target, 'enable always'));
}

/** Statements that switch it off, in the transaction that swaps the names. */
export function restGuard(targets: Targets): string[] {
  return both(targets).map((target) => switched(target, 'disable'));
}

function switched(target: Target, how: 'enable always' | 'disable'): string {
  return `alter table ${target.qualified} ${TRIGGERS.map((name) => `${how} trigger ${ident(name)}`).join(', ')}`;
}

/** Statements that take it away. */
export function dropGuard(targets: Targets): string[] {
  return both(targets).flatMap((target) => [
    ...TRIGGERS.map((name) => `drop trigger if exists ${ident(name)} on ${target.qualified}`),
    `drop function if exists ${qualified(LEDGER_SCHEMA, functionName(target))}()`,
  ]);
}

/** Takes the guard of a phase away wherever its tables are by now: they may be gone, or go by other names. */
export async function dropGuardFunctions(
  context: { readonly session: Session; readonly project: Project; readonly schema: string },
  phase: PhaseName,
): Promise<void> {
  for (const table of tablesMadeBy(context, phase)) await dropFunction(context.session, functionName(table));
}

/**
 * Makes sure that there is a guard, and that it is on; for a phase that is not cut over. Tables that another version of
 * Drydock made have none, and somebody may have dropped it.
 *
 * @param wanted asleep: that it is there, for a phase that is about to be swapped back
 */
export async function ensureGuard(
  session: Session,
  phase: Phase,
  wanted: 'awake' | 'asleep' = 'awake',
): Promise<void> {
  const targets = targetsOf(phase);
  if (await isThere(session, targets, wanted)) return;
  const once = () =>
    session.transaction(async () => {
      await session.execute(`set local lock_timeout = '${LOCK_PATIENCE}'`);
      const owner = await ownerOf(session, targets);
      const made = [...createGuard(phase, owner), ...(wanted === 'asleep' ? restGuard(targets) : [])];
      await session.execute(made.join(';\n'));
    });
  await withRetry(once, { attempts: ATTEMPTS });
}

/** The role whose members write the tables for Drydock. */
export async function ownerOf(session: Session, { unified }: Targets): Promise<string> {
  const { owner } = await session.one(
    'select pg_get_userbyid(relowner) as owner from pg_class where oid = $1::text::regclass',
    [unified.qualified],
  );
  return String(owner);
}

/** Whether all triggers are there, for the role that owns the tables now. */
async function isThere(session: Session, targets: Targets, wanted: 'awake' | 'asleep'): Promise<boolean> {
  const list = (names: readonly string[]) => `{${names.map((name) => JSON.stringify(name)).join(',')}}`;
  const { n } = await session.one(
    `select count(*) as n from pg_trigger t join pg_class c on c.oid = t.tgrelid
     join pg_proc f on f.oid = t.tgfoid join pg_namespace s on s.oid = f.pronamespace
     where t.tgrelid = any ($1::text[]::regclass[]::oid[]) and t.tgname = any ($2::text[]) and s.nspname = $3::text and f.proname = any ($4::text[])
       and position(quote_literal(pg_get_userbyid(c.relowner)) in pg_get_triggerdef(t.oid)) > 0${wanted === 'awake' ? ` and t.tgenabled = 'A'` : ''}`,
    [
      list(both(targets).map(({ qualified: name }) => name)),
      list(TRIGGERS),
      LEDGER_SCHEMA,
      list(both(targets).map(functionName)),
    ],
  );
  return Number(n) === TRIGGERS.length * both(targets).length;
}
