import { generatedName, ident, literal, qualified } from '../../db/identifier.js';
import { OWN_WRITES, type Session } from '../../db/session.js';
import { LEDGER_SCHEMA } from '../../ledger/schema.js';
import { refuse } from '../../mapping/reverse.js';
import type { Target, Targets } from '../../mapping/targets.js';
import { phaseDefinitions } from '../../phases/all.js';
import type { Phase } from '../../phases/phase.js';
import type { PhaseName } from '../../reports/target.js';
import { completeRowBody } from './complete-row.js';
import { completeFoldedBody, writeFoldedBody } from './folded.js';
import { type LegacySide, readLegacySide } from './legacy-columns.js';
import { trustedHomes } from './trusted-homes.js';
import { type Told, writeUnifiedBody } from './write-unified.js';

/**
 * Reverse capture: what an application writes to the unified tables themselves reaches the legacy tables in the same
 * transaction, so that there is a way back. The legacy tables stay what everything is computed from: the next sync
 * sees the legacy change and makes the same unified row of it.
 */

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

const EVENTS = {
  insert: 'referencing new table as new_rows',
  update: 'referencing old table as old_rows new table as new_rows',
  delete: 'referencing old table as old_rows',
} as const;

const TRIGGERS = [
  'drydock_reverse_row',
  'drydock_reverse_truncate',
  ...Object.keys(EVENTS).map((event) => `drydock_reverse_${event}`),
];

interface ReverseFunction {
  readonly name: string;
  readonly body: string;
  /** Schemas besides the server's own in which names are looked for; all that it says itself is qualified. */
  readonly path?: readonly string[];
}

interface ReverseTarget {
  readonly target: Target;
  /** Runs before each row; and after each statement. */
  readonly before: ReverseFunction;
  readonly after: ReverseFunction;
}

function functionName(target: Pick<Target, 'schema' | 'name'>, what: string): string {
  return generatedName('reverse', what, target.schema, target.name);
}

async function reverseTargets(
  session: Session,
  phase: Phase,
  targets: Targets,
  told: Told,
): Promise<ReverseTarget[]> {
  const sides: LegacySide[] = [];
  for (const source of phase.bound.sources) sides.push(await readLegacySide(session, source));
  // What writes the legacy tables has their triggers fire, which were made to run where applications find their names.
  const path = await trustedHomes(
    session,
    sides.map(({ source }) => source.table),
  );
  const of = (target: Target, before: string, after: string): ReverseTarget => ({
    target,
    before: { name: functionName(target, 'row'), body: before },
    after: { name: functionName(target, 'write'), body: after, path },
  });
  return [
    of(targets.unified, completeRowBody(phase, targets, sides), writeUnifiedBody(targets, sides, told)),
    of(targets.folded, completeFoldedBody(targets, sides), writeFoldedBody(sides)),
  ];
}

/**
 * Makes the functions; harmless before the triggers are there, so that the swap itself has less to do under its locks.
 * They run as their owner, whom nothing is hidden from, and nobody else may call them.
 */
export async function prepareReverseCapture(
  session: Session,
  phase: Phase,
  targets: Targets,
  told: Told,
): Promise<void> {
  const found = await reverseTargets(session, phase, targets, told);
  const truncate = `begin ${refuse('truncate', 'The unified tables cannot be truncated while there is a way back.', 'Delete the rows.')} end`;
  const functions: ReverseFunction[] = [
    ...found.flatMap(({ before, after }) => [before, after]),
    ...found.map(({ target }) => ({ name: functionName(target, 'truncate'), body: truncate })),
  ];
  for (const { name, body, path = [] } of functions) {
    const names = ['pg_catalog', ...path.map(ident), 'pg_temp'].join(', ');
    const settings = [`search_path = ${names}`, ...SETTINGS].map((setting) => `set ${setting}`).join(' ');
    await session.execute(
      `create or replace function ${qualified(LEDGER_SCHEMA, name)}() returns trigger language plpgsql security definer ${settings} as ${literal(body)}`,
    );
    await session.execute(`revoke all on function ${qualified(LEDGER_SCHEMA, name)}() from public`);
  }
}

/**
 * Statements that make the triggers of reverse capture, and let none of them fire yet. What Drydock writes itself is told by a setting of its sessions, which
 * counts only for members of the role that owns the tables: an application cannot use it to get past.
 */
export function sleepingReverseTriggers(targets: Targets, owner: string): string[] {
  const others = `when (not (coalesce(current_setting(${literal(OWN_WRITES)}, true), '') = 'on' and pg_has_role(current_user, ${literal(owner)}, 'member')))`;
  return [targets.unified, targets.folded].flatMap((target) => {
    const call = (what: string) =>
      `execute function ${qualified(LEDGER_SCHEMA, functionName(target, what))}()`;
    const made = [
      [
        'drydock_reverse_row',
        `before insert or update on ${target.qualified} for each row ${others} ${call('row')}`,
      ],
      [
        'drydock_reverse_truncate',
        `before truncate on ${target.qualified} for each statement ${others} ${call('truncate')}`,
      ],
      ...Object.entries(EVENTS).map(([event, rows]) => [
        `drydock_reverse_${event}`,
        `after ${event} on ${target.qualified} ${rows} for each statement ${others} ${call('write')}`,
      ]),
    ] as const;
    return made.flatMap(([name, definition]) => [
      `create or replace trigger ${ident(String(name))} ${definition}`,
      `alter table ${target.qualified} disable trigger ${ident(String(name))}`,
    ]);
  });
}

/** Statements that switch reverse capture on, in the transaction that moves the legacy tables; in every session. */
export function wakeReverseTriggers(targets: Targets): string[] {
  return [targets.unified, targets.folded].map(
    (target) =>
      `alter table ${target.qualified} ${TRIGGERS.map((name) => `enable always trigger ${ident(name)}`).join(', ')}`,
  );
}

/** Statements that switch it off, which is sooner done than taking it away. */
export function stopReverseTriggers(targets: Targets): string[] {
  return [targets.unified, targets.folded].map(
    (target) =>
      `alter table ${target.qualified} ${TRIGGERS.map((name) => `disable trigger ${ident(name)}`).join(', ')}`,
  );
}

/** Statements that take it away. */
export function dropReverseTriggers(targets: Targets): string[] {
  return [targets.unified, targets.folded].flatMap((target) => [
    ...TRIGGERS.map((name) => `drop trigger if exists ${ident(name)} on ${target.qualified}`),
    ...dropFunctions(target),
  ]);
}

/** Statements that take the functions of a phase away whose tables are gone: a cutover may have been stopped early. */
export function dropReverseFunctions(phase: PhaseName, schema: string): string[] {
  return phaseDefinitions([phase]).flatMap(({ mapping }) =>
    [mapping.unified, mapping.folded].flatMap((name) => dropFunctions({ schema, name })),
  );
}

function dropFunctions(target: Pick<Target, 'schema' | 'name'>): string[] {
  return ['row', 'write', 'truncate'].map(
    (what) => `drop function if exists ${qualified(LEDGER_SCHEMA, functionName(target, what))}()`,
  );
}
