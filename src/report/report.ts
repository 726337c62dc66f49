import { bindPhases, type Context, openContext } from '../context/context.js';
import { stoppable } from '../context/stoppable.js';
import { withCleanup } from '../db/cleanup.js';
import { readTogether } from '../db/fresh-snapshot.js';
import { NoRowError } from '../db/no-row.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { version } from '../format/version.js';
import {
  batchHistory,
  bookedAccounting,
  newestEvents,
  newestVerification,
  rejectReasons,
  runHistory,
} from '../ledger/history.js';
import { targetsOf } from '../mapping/targets.js';
import { phasesOf } from '../project/project.js';
import { requireOptions } from '../reports/options.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { MigrationReport, PhaseStory, ReportOptions, ReportResult } from '../reports/report.js';
import { storageOf } from '../unify/storage.js';
import { renderPage } from './page/page.js';
import { warningsOf } from './warnings.js';

const MOST_EVENTS = 200;

/**
 * Tells what was done, from the ledger: one HTML document that needs nothing else. Read-only.
 *
 * @throws DrydockError `not-loaded` where the ledger knows no phase of the schema
 */
export async function report(options: ReportOptions): Promise<ReportResult> {
  requireOptions('report', options);
  return stoppable(options, 'A report writes nothing in the database.', () =>
    withCleanup(async (cleanup) => {
      const context = await openContext(options, cleanup);
      if (context.entries.size === 0) {
        throw new DrydockError({
          code: 'not-loaded',
          what: `The ledger knows no phase of schema "${context.schema}"; there is nothing to tell yet.`,
          state: 'No report was written; the database was only read.',
          next: 'Run: drydock run',
        });
      }
      const { session } = context;
      // One snapshot, so that a run at work is seen at one moment.
      const { phases, events, settings } = await readTogether(session, options.signal, async () => {
        const stories: PhaseStory[] = [];
        for (const name of phasesOf(context.project))
          if (context.entries.has(name)) stories.push(await phaseStory(context, name));
        const newest = await newestEvents(session, context.schema, MOST_EVENTS);
        return { phases: stories, events: newest, settings: await settingsOf(session) };
      });
      // The server's time, as all the others in the report.
      const { now } = await session.one(
        'select (extract(epoch from clock_timestamp()) * 1000)::bigint as now',
      );
      const told: MigrationReport = {
        database: context.database,
        schema: context.schema,
        server: context.server,
        at: Number(now),
        versions: { Drydock: version(), PostgreSQL: context.server, 'Node.js': process.versions.node },
        settings,
        phases,
        events,
        warnings: warningsOf(phases, options.run),
        bench: options.bench ?? null,
      };
      return { report: told, html: renderPage(told) };
    }),
  );
}

async function phaseStory(context: Context, name: PhaseName): Promise<PhaseStory> {
  const { session } = context;
  const entry = context.entries.get(name);
  if (entry === undefined) throw new NoRowError(`phase ${name} in the ledger`);
  const phase = bindPhases(context).find((candidate) => candidate.name === name);
  const targets = phase === undefined ? null : targetsOf(phase);
  return {
    phase: name,
    state: entry.state,
    batchSize: entry.batchSize,
    tables: targets === null ? null : { unified: targets.unified.name, folded: targets.folded.name },
    accounting: await bookedAccounting(session, entry.id),
    rejects: await rejectReasons(session, entry.id),
    batches: await batchHistory(session, entry.id),
    runs: await runHistory(session, entry.id),
    verification: await newestVerification(session, entry.id),
    storage:
      phase !== undefined && targets !== null && (await exist(session, Object.values(targets)))
        ? await storageOf(session, phase, targets)
        : null,
  };
}

async function exist(session: Session, tables: readonly { readonly qualified: string }[]): Promise<boolean> {
  for (const { qualified } of tables) {
    const { there } = await session.one('select (to_regclass($1::text) is not null)::text as there', [
      qualified,
    ]);
    if (there !== 'true') return false;
  }
  return true;
}

/** What shapes a run's time. */
async function settingsOf(session: Session): Promise<Record<string, string>> {
  const rows = await session.query(
    `select name, current_setting(name) as value
     from unnest(array['shared_buffers', 'maintenance_work_mem', 'max_wal_size', 'max_connections', 'fsync', 'wal_level']) as name`,
  );
  return Object.fromEntries(rows.map((row) => [String(row.name), String(row.value)]));
}
