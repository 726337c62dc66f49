import { generatedName, ident, qualified } from '../../db/identifier.js';
import type { Session } from '../../db/session.js';
import { ownerOf } from '../../guard/guard.js';
import { isOwnWrite } from '../../guard/own-writes.js';
import { revokeFromOthers } from '../../ledger/create.js';
import type { TableName } from '../../legacy/catalog.js';
import type { Phase } from '../../mapping/phase.js';
import { refuse } from '../../mapping/reverse.js';
import type { Target, Targets } from '../../mapping/targets.js';
import { type Project, tablesMadeBy } from '../../project/project.js';
import type { PhaseName } from '../../reports/phase-name.js';
import { completeRowBody } from './complete-row.js';
import { executorOf, readExecutors } from './executors.js';
import { completeFoldedBody, foldedSteps } from './folded.js';
import { createFunctions, dropFunctions, type ReverseFunction, schemaOf } from './functions.js';
import { dropKeyTable, keyTouch } from './key-touch.js';
import { type LegacySide, readLegacySide } from './legacy-columns.js';
import { atArmsLength } from './owner-functions.js';
import { inPointingOrder } from './pointing-order.js';
import { EVENT_NAMES, EVENTS, joined, roleOf, type Steps } from './steps.js';
import { trustedHomes } from './trusted-homes.js';
import { type NotifiedPhases, unifiedSteps } from './write-unified.js';

/**
 * Reverse capture: what an application writes to the unified tables themselves reaches the legacy tables in the same
 * transaction, so that there is a way back. The legacy tables stay what everything is computed from: the next sync
 * sees the legacy change and makes the same unified row of it.
 *
 * Functions with our rights write our tables, and functions with the rights of their owners the legacy tables: what
 * hangs on those is code of others, and never runs with more rights than its owner has.
 */

/** A trigger of reverse capture on one of our tables, and the function that it calls. */
interface ReverseTrigger {
  readonly name: string;
  /** When it fires; and what stands behind the table's name. */
  readonly when: string;
  readonly rows: string;
  readonly calls: ReverseFunction;
}

/** What there is to make for one of our tables. */
export interface ReverseTarget {
  readonly target: Target;
  readonly triggers: readonly ReverseTrigger[];
}

const PREFIX = 'drydock_reverse_';

function functionName(target: Pick<Target, 'schema' | 'name'>, ...what: readonly string[]): string {
  return generatedName('reverse', ...what, target.schema, target.name);
}

/**
 * Makes the functions; harmless before the triggers are there, so that the swap itself has less to do under its locks.
 *
 * @returns the triggers that are to call them
 */
export async function prepareReverseCapture(
  session: Session,
  phase: Phase,
  targets: Targets,
  notified: NotifiedPhases,
): Promise<readonly ReverseTarget[]> {
  const { sources } = phase.bound;
  const tables = sources.map(({ table }) => table);
  const executors = await readExecutors(session, [
    ...tables,
    ...phase.reverse.lookups.map(({ table }) => table),
  ]);
  const sides: LegacySide[] = [];
  for (const source of sources)
    sides.push(await readLegacySide(session, source, executorOf(executors, source.table)));
  // What writes the legacy tables has their triggers fire, which were made to run where applications find their names.
  const paths = new Map<string | null, readonly string[]>();
  for (const { executor } of sides)
    paths.set(roleOf(executor), await trustedHomes(session, tables, executor.role));
  const apart = sides.map((side) => atArmsLength(side, targets.unified.schema));
  const of = (target: Target, before: readonly Before[], steps: Steps) =>
    triggersOf(target, before, steps, paths);
  const order = await inPointingOrder(session, sides);
  const touch = keyTouch(targets.unified, phase.reverse);
  await session.execute(touch.table);
  await revokeFromOthers(session);
  const row = completeRowBody(
    phase,
    targets,
    apart.map(({ merged }) => merged),
  );
  const kept = completeFoldedBody(
    targets,
    apart.map(({ whole }) => whole),
  );
  const made = [
    of(
      targets.unified,
      [
        ['row', row],
        ['row_key', touch.body],
      ],
      unifiedSteps(targets, order, notified),
    ),
    of(targets.folded, [['row', kept]], foldedSteps(order.sides)),
  ];
  const called: ReverseFunction[] = [
    ...apart.flatMap(({ functions }) =>
      functions.map((one) => ({ ...one, by: one.executor, trigger: null })),
    ),
    ...phase.reverse.lookups.map((one) => ({ ...one, by: executorOf(executors, one.table), trigger: null })),
  ];
  for (const { target, triggers } of made) {
    const own = target === targets.unified ? called : [];
    await createFunctions(session, target, [...own, ...triggers.map(({ calls }) => calls)]);
  }
  return made;
}

/** What comes before a row is stored: a name, in whose order they fire, and plpgsql. */
type Before = readonly [string, string];

function triggersOf(
  target: Target,
  before: readonly Before[],
  steps: Steps,
  paths: ReadonlyMap<string | null, readonly string[]>,
): ReverseTarget {
  const ours = (what: string, body: string): ReverseFunction => ({
    name: functionName(target, what),
    args: '',
    returns: 'trigger',
    body,
    by: null,
    trigger: { path: [] },
  });
  const truncate = `begin ${refuse('truncate', 'The unified tables cannot be truncated while there is a way back.', 'Delete the rows.')} end`;
  const after = EVENT_NAMES.flatMap((event) =>
    joined(steps[event]).map(({ by, statements }, at): ReverseTrigger => {
      // Postgres fires them in the order of their names.
      const name = at === 0 ? event : `${event}_${at + 1}`;
      const path = paths.get(roleOf(by)) ?? [];
      const body = ['begin', ...statements, 'return null;', 'end'].join('\n');
      const calls = { ...ours(name, body), by, trigger: { path } };
      return {
        name: `${PREFIX}${name}`,
        when: `after ${event}`,
        rows: `${EVENTS[event]} for each statement`,
        calls,
      };
    }),
  );
  return {
    target,
    triggers: [
      ...before.map(([name, body]) => ({
        name: `${PREFIX}${name}`,
        when: 'before insert or update',
        rows: 'for each row',
        calls: ours(name, body),
      })),
      {
        name: `${PREFIX}truncate`,
        when: 'before truncate',
        rows: 'for each statement',
        calls: ours('truncate', truncate),
      },
      ...after,
    ],
  };
}

/**
 * Makes the triggers of reverse capture, and lets none of them fire yet. What Drydock writes itself is known by a setting of its
 * sessions, which counts only for members of the role that owns the tables: an application cannot use it to get past.
 */
export async function createSleepingTriggers(
  session: Session,
  made: readonly ReverseTarget[],
  owner: string,
): Promise<void> {
  const others = `when (not (${isOwnWrite(owner)}))`;
  for (const { target, triggers } of made) {
    const stale = (await triggerNames(session, target)).filter(
      (name) => !triggers.some((trigger) => trigger.name === name),
    );
    await session.execute(
      [
        ...triggers.flatMap(({ name, when, rows, calls }) => [
          `create or replace trigger ${ident(name)} ${when} on ${target.qualified} ${rows} ${others} execute function ${qualified(schemaOf(calls), calls.name)}()`,
          `alter table ${target.qualified} disable trigger ${ident(name)}`,
        ]),
        ...stale.map((name) => `drop trigger ${ident(name)} on ${target.qualified}`),
      ].join('; '),
    );
  }
}

/** The triggers of reverse capture that are on a table of ours. */
async function triggerNames(session: Session, { schema, name: table }: TableName): Promise<string[]> {
  const rows = await session.query(
    `select t.tgname as name from pg_trigger t
     where t.tgrelid = to_regclass($1::text) and not t.tgisinternal and starts_with(t.tgname, $2::text) order by 1`,
    [qualified(schema, table), PREFIX],
  );
  return rows.map(({ name }) => String(name));
}

/** Makes reverse capture again, awake, in one transaction of the caller's: in a copy of the database. */
export async function armReverseCapture(
  session: Session,
  phase: Phase,
  targets: Targets,
  notified: NotifiedPhases,
): Promise<void> {
  const made = await prepareReverseCapture(session, phase, targets, notified);
  await createSleepingTriggers(session, made, await ownerOf(session, targets));
  await wakeReverseTriggers(session, targets);
}

/** Switches reverse capture on, in the transaction that moves the legacy tables; in every session. */
export function wakeReverseTriggers(session: Session, targets: Targets): Promise<void> {
  return switchTriggers(session, targets, 'enable always');
}

/** Switches it off, which is sooner done than taking it away. */
export function stopReverseTriggers(session: Session, targets: Targets): Promise<void> {
  return switchTriggers(session, targets, 'disable');
}

async function switchTriggers(
  session: Session,
  targets: Targets,
  how: 'enable always' | 'disable',
): Promise<void> {
  for (const target of [targets.unified, targets.folded]) {
    const actions = (await triggerNames(session, target)).map((name) => `${how} trigger ${ident(name)}`);
    if (actions.length > 0) await session.execute(`alter table ${target.qualified} ${actions.join(', ')}`);
  }
}

/** Takes it away. */
export async function dropReverseTriggers(session: Session, tables: readonly TableName[]): Promise<void> {
  for (const target of tables) {
    for (const name of await triggerNames(session, target))
      await session.execute(`drop trigger ${ident(name)} on ${qualified(target.schema, target.name)}`);
    await dropOf(session, target);
  }
}

/** Takes the functions of a phase away whose tables are gone: a cutover may have been stopped early. */
export async function dropReverseFunctions(
  context: { readonly session: Session; readonly project: Project; readonly schema: string },
  phase: PhaseName,
): Promise<void> {
  for (const table of tablesMadeBy(context, phase)) await dropOf(context.session, table);
}

async function dropOf(session: Session, target: Pick<Target, 'schema' | 'name'>): Promise<void> {
  await dropFunctions(session, target);
  await session.execute(dropKeyTable(target));
}
