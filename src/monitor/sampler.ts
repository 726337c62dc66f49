import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { ledgerExists } from '../ledger/schema.js';
import { isStranded } from '../ledger/stranded.js';
import type { Project } from '../project/project.js';
import type {
  CaptureFigures,
  MonitorConfig,
  QueryTime,
  Sample,
  Unknown,
  WatchedQuery,
} from '../reports/monitor.js';
import { readConnections, readLocks, readTransactions } from './probes/activity.js';
import { readCapture } from './probes/capture.js';
import { readDisk } from './probes/disk.js';
import type { Machine } from './probes/machine.js';
import { readChangedOldNames } from './probes/old-names.js';
import { attempt, type ProbeContext } from './probes/probe.js';
import { readProgress } from './probes/progress.js';
import { defaultQueries, timeQueries } from './probes/queries.js';
import { readCache, readReplicas, readTables, readWal } from './probes/storage.js';

/** No question of ours may last longer, or wait for a lock for longer: whoever watches is nobody's burden. */
const LIMITS = `set default_transaction_read_only = 'on'; set statement_timeout = '3s'; set lock_timeout = '250ms'; set application_name = 'drydock monitor'`;

const GRANT =
  'Let its owner grant it: grant usage on schema drydock to <user>; grant select on drydock.phases, drydock.runs, ' +
  'drydock.batches, drydock.verifications, drydock.orders, drydock.events, drydock.captures, drydock.moved_tables to <user>; ' +
  'grant select (phase_id, written_at) on drydock.changes to <user>.';

export interface SamplerOptions {
  readonly project: Project;
  readonly schema: string;
  readonly config: Pick<MonitorConfig, 'queries' | 'dataDirectory'>;
  readonly machine: Machine;
  readonly maps: boolean;
  readonly signal?: AbortSignal | undefined;
  /** What a query took, and what it takes when all is well. */
  timed(times: ReadonlyMap<string, number>, queries: readonly WatchedQuery[]): readonly QueryTime[];
}

/** Makes a session one that only looks. */
export async function restrict(session: Session): Promise<void> {
  await session.execute(LIMITS);
}

/** One check: asks for every group of figures in turn. */
export async function takeSample(session: Session, options: SamplerOptions): Promise<Sample> {
  const { project, schema, config } = options;
  const unknown: Unknown[] = [];
  const about = await session.one(
    `select to_char(clock_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, current_database() as database,
       current_setting('server_version') as server, current_setting('server_version_num') as number,
       pg_is_in_recovery()::text as recovery, pg_has_role(current_user, 'pg_read_all_stats', 'usage')::text as sees`,
  );
  const context: ProbeContext = {
    session,
    project,
    schema,
    version: Number(about.number),
    inRecovery: about.recovery === 'true',
    seesStats: about.sees === 'true',
    tell: (one) => void unknown.push(one),
  };
  const ledger = await ledgerState(context);
  const progress =
    ledger === 'unknown'
      ? null
      : await attempt(
          context,
          'progress',
          (c) => readProgress(c, { ledger: ledger === 'there', maps: options.maps }),
          GRANT,
        );
  const capture = ledger === 'there' ? await attempt(context, 'capture', readCaptureHere, GRANT) : null;
  const oldNames =
    ledger === 'there' ? await attempt(context, 'old-names', readChangedOldNames, GRANT) : null;
  const figures = {
    locks: await attempt(context, 'locks', readLocks),
    transactions: await attempt(context, 'transactions', readTransactions),
    connections: await attempt(context, 'connections', readConnections),
    cache: await attempt(context, 'cache', readCache),
    tables: await attempt(context, 'tables', readTables),
    wal: await attempt(context, 'wal', readWal),
    replicas: await attempt(context, 'replicas', readReplicas),
    disk: await attempt(context, 'disk', (c) => readDisk(c, config.dataDirectory)),
  };
  const queries = config.queries.length > 0 ? config.queries : await defaultQueries(context);
  const times = await timeQueries(context, queries);
  return {
    at: String(about.at),
    database: String(about.database),
    schema,
    server: String(about.server),
    standby: context.inRecovery,
    progress,
    capture,
    oldNames,
    ...figures,
    queries: options.timed(times, queries),
    machine: await options.machine.read(options.signal),
    unknown,
  };
}

/** In a copy that is not adopted the ids of the captured tables are nobody's. */
async function readCaptureHere(context: ProbeContext): Promise<CaptureFigures | null> {
  if (!(await isStrandedCopy(context))) return readCapture(context);
  const why = 'the database is a copy, and the ledger does not know its tables yet';
  context.tell({ figure: 'capture', why, next: 'Take it over: drydock adopt.' });
  return null;
}

/** Who may not ask is not told of it here: the other commands refuse. */
async function isStrandedCopy({ session, schema }: ProbeContext): Promise<boolean> {
  const { may } = await session.one(
    `select bool_and(has_table_privilege(t, 'select'))::text as may from unnest('{drydock.objects,drydock.moved_tables}'::text[]) t`,
  );
  return may === 'true' && (await isStranded(session, schema));
}

/** A ledger that the user may not read is not one that is not there. */
async function ledgerState(context: ProbeContext): Promise<'there' | 'missing' | 'unknown'> {
  try {
    return (await ledgerExists(context.session)) ? 'there' : 'missing';
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    const next = error.code === 'missing-privilege' ? GRANT : error.next;
    context.tell({ figure: 'progress', why: error.message, next });
    return 'unknown';
  }
}
