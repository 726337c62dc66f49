import { cancelWhenStopped } from '../db/cancel.js';
import type { Cleanup } from '../db/cleanup.js';
import { type Connector, connector } from '../db/connect.js';
import { watchLocks } from '../db/lock-watch.js';
import type { Session } from '../db/session.js';
import { chosenPhases } from '../default-phases.js';
import { DrydockError } from '../errors.js';
import { type PhaseEntry, readEntries } from '../ledger/phases.js';
import { ledgerExists } from '../ledger/schema.js';
import { requireAtHome } from '../ledger/stranded.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { ProgressEvent } from '../reports/progress.js';
import { DEFAULTS, type TargetOptions } from '../reports/target.js';

/** A connection, and what the ledger says of the phases: all that a command needs which looks at no table of others. */
export interface OpenLedger {
  readonly connector: Connector;
  readonly session: Session;
  readonly cleanup: Cleanup;
  readonly database: string;
  readonly server: string;
  /** As in `server_version_num`: 150020 for 15.20. */
  readonly serverNumber: number;
  /** The server only repeats what another one writes. */
  readonly isStandby: boolean;
  readonly schema: string;
  readonly hasLedger: boolean;
  /** Phases that the ledger knows. */
  readonly entries: ReadonlyMap<PhaseName, PhaseEntry>;
  /** All of the project, in their order. */
  readonly allPhases: readonly PhaseName[];
  /** Those that the command is about. */
  readonly phaseNames: readonly PhaseName[];
  readonly signal: AbortSignal | undefined;
  report(event: ProgressEvent): void;
}

const OLDEST_SERVER = 140_000;

/**
 * Opens the database, and reads what the ledger says.
 *
 * @param copies `refused`: work rests on what the ledger remembers by oid, which a copy has to find again first
 * @throws DrydockError
 */
export async function openLedger(
  options: TargetOptions,
  cleanup: Cleanup,
  copies: 'refused' | 'welcome' = 'refused',
): Promise<OpenLedger> {
  const schema = options.schema ?? DEFAULTS.schema;
  const all = chosenPhases(options);
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
  const hasLedger = await ledgerExists(session);
  if (hasLedger) await requireAtHome(session, schema, copies);
  return {
    connector: connect,
    session,
    cleanup,
    database: String(about.database),
    server: String(about.version),
    serverNumber: Number(about.number),
    isStandby: about.standby === 'true',
    schema,
    hasLedger,
    entries: hasLedger ? await readEntries(session, schema) : new Map(),
    allPhases: all,
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
