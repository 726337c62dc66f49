import { type OpenLedger, openLedger } from '../context/open-ledger.js';
import { stoppable } from '../context/stoppable.js';
import { readRunning } from '../control/running.js';
import { withCleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import { chosenPhases } from '../default-phases.js';
import { newestBackup } from '../ledger/backups.js';
import { listBatches } from '../ledger/batches.js';
import { newestEvent } from '../ledger/events.js';
import { isSameDatabase, presentHome, rememberedHome } from '../ledger/home.js';
import type { PhaseEntry } from '../ledger/phases.js';
import { readViews } from '../ledger/refreshes.js';
import { isStranded } from '../ledger/stranded.js';
import { requireOptions } from '../reports/options.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { CopyOf, PhaseStatus, StatusOptions, StatusReport } from '../reports/status.js';
import { captureStatus } from './capture-status.js';

/** Who is at work, and what the ledger says of each phase. Read-only. */
export async function status(options: StatusOptions): Promise<StatusReport> {
  requireOptions('status', options);
  return stoppable(options, 'Nothing was written.', () =>
    withCleanup(async (cleanup) => {
      const context = await openLedger(options, cleanup, 'welcome');
      const phases: PhaseStatus[] = [];
      for (const name of context.phaseNames) {
        const entry = context.entries.get(name);
        phases.push(
          entry === undefined
            ? notBegun(name)
            : await phaseStatus(context, entry, options.batchList === true),
        );
      }
      const { database, session, schema, hasLedger } = context;
      return {
        database,
        schema,
        standby: context.isStandby,
        copyOf: hasLedger ? await copyOf(session, schema) : null,
        running: await readRunning(session, chosenPhases(options), schema, hasLedger),
        lastEvent: hasLedger ? await newestEvent(session, schema) : null,
        phases,
      };
    }),
  );
}

/** Whether the ledger came here with a copy. */
async function copyOf(session: Session, schema: string): Promise<CopyOf | null> {
  const home = await rememberedHome(session);
  const needsAdoption = await isStranded(session, schema);
  if (home === null || (!needsAdoption && isSameDatabase(home, await presentHome(session)))) return null;
  return { database: home.database, needsAdoption };
}

function notBegun(phase: PhaseName): PhaseStatus {
  return {
    phase,
    state: 'new',
    batches: { total: 0, done: 0, size: 0 },
    rowsIn: 0,
    rowsOut: 0,
    folded: 0,
    rejected: 0,
    lastRun: null,
    lastVerification: null,
    lastBackup: null,
    capture: null,
    batchList: null,
  };
}

async function phaseStatus(
  context: OpenLedger,
  entry: PhaseEntry,
  withBatches: boolean,
): Promise<PhaseStatus> {
  const { session } = context;
  const backup = await newestBackup(session, context.schema, entry.phase);
  const sums = await session.one(
    `select count(*) as total, count(*) filter (where status = 'done') as done, sum(rows_in) as rows_in,
       sum(rows_out) as rows_out, sum(folded) as folded, sum(rejected) as rejected
     from drydock.batches where phase_id = $1::int`,
    [entry.id],
  );
  const [run] = await session.query(
    'select started_at, finished_at, outcome, operator from drydock.runs where phase_id = $1::int order by id desc limit 1',
    [entry.id],
  );
  const [verification] = await session.query(
    'select verified_at, equal::text as equal from drydock.verifications where phase_id = $1::int order by id desc limit 1',
    [entry.id],
  );
  const views = await readViews(session, entry.id);
  return {
    ...(views.length === 0 ? {} : { views }),
    phase: entry.phase,
    state: entry.state,
    batches: { total: Number(sums.total), done: Number(sums.done), size: entry.batchSize },
    rowsIn: Number(sums.rows_in),
    rowsOut: Number(sums.rows_out),
    folded: Number(sums.folded),
    rejected: Number(sums.rejected),
    lastRun:
      run === undefined
        ? null
        : {
            startedAt: String(run.started_at),
            finishedAt: run.finished_at ?? null,
            outcome: run.outcome ?? null,
            by: String(run.operator),
          },
    lastVerification:
      verification === undefined
        ? null
        : { at: String(verification.verified_at), equal: verification.equal === 'true' },
    lastBackup:
      backup === null ? null : { at: backup.takenAt, directory: backup.directory, host: backup.host },
    capture: await captureStatus(context, entry),
    batchList: withBatches ? await listBatches(session, entry.id) : null,
  };
}
