import { hostname, userInfo } from 'node:os';
import { cancelWhenStopped } from '../db/cancel.js';
import type { Cleanup } from '../db/cleanup.js';
import { type Connector, connector } from '../db/connect.js';
import { explained } from '../db/explain.js';
import { watchLocks } from '../db/lock-watch.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { isRecoveryConflict } from '../db/sqlstate.js';
import { chosenProject } from '../default-project.js';
import { DrydockError, StoppedError } from '../errors.js';
import { type PhaseEntry, readPhases } from '../ledger/phases.js';
import { ledgerExists } from '../ledger/schema.js';
import { requireAdopted, requireOwnName } from '../ledger/stranded.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import type { Phase } from '../mapping/phase.js';
import { consolidationsOf, type Project, phasesOf } from '../project/project.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { ProgressEvent } from '../reports/progress.js';
import { DEFAULTS, type TargetOptions } from '../reports/target.js';
import { findLegacy } from './find-legacy.js';

/** What every verb works with: a connection, and the database as it is found. */
export interface Context {
  readonly connector: Connector;
  readonly session: Session;
  readonly cleanup: Cleanup;
  readonly database: string;
  readonly server: string;
  /** As in `server_version_num`: 150020 for 15.20. */
  readonly serverNumber: number;
  /** The server only repeats what another one writes. */
  readonly isStandby: boolean;
  /** What is restructured. */
  readonly project: Project;
  readonly schema: string;
  readonly legacy: LegacyDatabase;
  /** Phases that the ledger knows. */
  readonly entries: ReadonlyMap<PhaseName, PhaseEntry>;
  readonly phaseNames: readonly PhaseName[];
  readonly signal: AbortSignal | undefined;
  report(event: ProgressEvent): void;
}

const OLDEST_SERVER = 140_000;

/**
 * Opens the database, and looks what is there.
 *
 * @param copies `refused`: work rests on what the ledger remembers by oid, which a copy has to find again first
 */
export async function openContext(
  options: TargetOptions,
  cleanup: Cleanup,
  copies: 'refused' | 'welcome' = 'refused',
): Promise<Context> {
  const schema = options.schema ?? DEFAULTS.schema;
  const project = chosenProject(options);
  const all = phasesOf(project);
  requirePhases(options.phases, all);
  const connect = connector(options.databaseUrl, options.signal);
  const session = await connect.open(cleanup);
  reportLocks(connect, options, cleanup);
  await cancelWhenStopped(connect, [session], options.signal, cleanup);
  const about = await session.one(
    `select current_database() as database, current_setting('server_version_num') as number, current_setting('server_version') as version,
       pg_is_in_recovery()::text as standby`,
  );
  if (Number(about.number) < OLDEST_SERVER) {
    throw new DrydockError({
      code: 'old-server',
      what: `The server is PostgreSQL ${about.version}; Drydock needs 14 or newer.`,
      state: 'Nothing was written.',
      next: 'Verification rests on hash functions that came with version 14.',
    });
  }
  if (await ledgerExists(session)) {
    await requireOwnName(session, schema);
    if (copies === 'refused') await requireAdopted(session, schema);
  }
  const entries = await readPhases(session, schema);
  const legacy = await findLegacy(session, project, schema, options.appSchema);
  return {
    connector: connect,
    session,
    cleanup,
    database: String(about.database),
    server: String(about.version),
    serverNumber: Number(about.number),
    isStandby: about.standby === 'true',
    project,
    schema,
    legacy,
    entries,
    phaseNames: all.filter((name) => options.phases === undefined || options.phases.includes(name)),
    signal: options.signal,
    report: (event) => options.onProgress?.(event),
  };
}

/** Has the user hear of who keeps us waiting for a lock. */
export function reportLocks(
  connect: Connector,
  { onProgress }: Pick<TargetOptions, 'onProgress'>,
  cleanup: Cleanup,
): void {
  watchLocks(connect, (message) => onProgress?.({ type: 'notice', level: 'warn', message }), cleanup);
}

/** The types keep a misspelt phase out, but not from JavaScript, where a run of nothing would look like a success. */
function requirePhases(names: readonly string[] | undefined, all: readonly string[]): void {
  if (names === undefined) return;
  const unknown = Array.isArray(names) ? names.filter((name) => !all.includes(name)) : [String(names)];
  if (unknown.length === 0) return;
  throw new DrydockError({
    code: 'bad-option',
    what: Array.isArray(names)
      ? `phases names what is no phase: ${unknown.join(', ')}.`
      : 'phases is not a list of names.',
    state: 'Nothing was done: no connection was opened.',
    next: `Name some of ${all.join(', ')}, or leave it out for all of them.`,
  });
}

/** The database as it is now: until a lock was held, what was found in it may have changed. */
export async function lookAgain(context: Context): Promise<Context> {
  const { session, project, schema } = context;
  const entries = await readPhases(session, schema);
  return {
    ...context,
    entries,
    legacy: await findLegacy(session, project, schema, context.legacy.appSchema),
  };
}

/** The phases asked for, bound to the database. */
export function bindPhases(context: Context): Phase[] {
  const existing = new Set(context.entries.keys());
  return consolidationsOf(context.project, context.phaseNames).map((definition) =>
    definition.bind(context.legacy, existing),
  );
}

/** Who runs this, for the ledger and for a second operator. */
export function operator(): string {
  return `${process.env.USER || process.env.LOGNAME || systemUser()}@${hostname()} (process ${process.pid})`;
}

/** A service or a container may have no name in its environment, and none in the list of users either. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

export function throwIfStopped(signal: AbortSignal | undefined, state: string): void {
  if (signal?.aborted === true) throw new StoppedError(state);
}

export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

/** Reports what a verb has committed, as a sentence: every later error of it begins its state with that. */
export type Done = (fact: string) => void;

const CANCELLED_BY_STANDBY =
  'The standby cancelled what was being read, to go on replaying what the primary wrote; it begins again.';

/** How often work is begun that a standby cancels. */
const RECOVERY_ATTEMPTS = 4;

/**
 * Runs the work; what it throws because of the signal becomes a StoppedError, what the server refuses is explained. The
 * state of an error speaks of the step that failed; what the verb has done before is put in front of it here. What a
 * standby cancelled begins again, where nothing was done: in the database it can have written nothing.
 *
 * @param options the signal that ends it, and where its progress is reported to
 * @param state what is written when the work fails; with `rest`, what is said of it once something is done
 */
export async function stoppable<T>(
  { signal, onProgress }: Pick<TargetOptions, 'signal' | 'onProgress'>,
  state: string | { readonly none: string; readonly rest: string },
  work: (done: Done) => Promise<T>,
): Promise<T> {
  const facts: string[] = [];
  const [none, rest] = typeof state === 'string' ? [state, state] : [state.none, state.rest];
  throwIfStopped(signal, none);
  const retryable = (error: unknown): boolean => {
    if (facts.length > 0 || !isRecoveryConflict(error)) return false;
    onProgress?.({ type: 'notice', level: 'warn', message: CANCELLED_BY_STANDBY });
    return true;
  };
  try {
    return await withRetry(() => work((fact) => facts.push(fact)), {
      signal,
      retryable,
      attempts: RECOVERY_ATTEMPTS,
    });
  } catch (error) {
    const now = facts.length === 0 ? none : rest;
    if (signal?.aborted === true && !(error instanceof DrydockError))
      throw new StoppedError([...facts, now].join(' '));
    const explanation = explained(error, now);
    const first: unknown = explanation instanceof AggregateError ? explanation.errors[0] : explanation;
    if (first instanceof DrydockError) first.precede(facts);
    throw explanation;
  }
}
