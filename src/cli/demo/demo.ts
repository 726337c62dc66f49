import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bench } from '../../benchmark/bench.js';
import { withCleanup } from '../../db/cleanup.js';
import { startServer } from '../../embedded/server.js';
import { DrydockError, EXIT } from '../../errors.js';
import { count, counted, duration } from '../../format/format.js';
import { report } from '../../report/report.js';
import type { PlanReport } from '../../reports/plan.js';
import type { ProgressEvent } from '../../reports/progress.js';
import { plan } from '../../verbs/plan.js';
import { run } from '../../verbs/run.js';
import { verify } from '../../verbs/verify.js';
import { withProgress } from '../progress.js';
import { renderPlan } from '../render/plan.js';
import { writePage } from '../report/write.js';
import type { Session } from '../session.js';
import type { DemoReport } from './demo-report.js';
import { makeLegacyDatabase } from './legacy-database.js';
import type { DemoOptions } from './options.js';
import { renderDemo } from './render.js';
import { keepHint, tour } from './tour.js';

/** One of each kind: a demo is not to be waited for. */
const QUESTIONS = [
  'scored-above-70',
  'best-trust-of-the-week',
  'high-value-ranking',
  'opportunity-by-id',
] as const;
/** Where the page stays when the server is gone. */
const PAGE = 'reports/drydock-demo.html';

const NOTICE_INTERVAL_MS = 2000;
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

/** Starts the server, makes the data, runs every verb, prints one summary, and cleans up, whatever happens. */
export async function runDemo(session: Session, options: DemoOptions): Promise<void> {
  const { signal } = session;
  try {
    await withCleanup(async (cleanup) => {
      const begin = performance.now();
      const made = await withProgress(session, async (onProgress) => {
        const notice = (message: string) => onProgress({ type: 'notice', level: 'info', message });
        notice('Starting a PostgreSQL server of our own ...');
        const server = await startServer();
        cleanup.add(() => server.stop());
        signal.throwIfAborted();
        const start = secondsSince(begin);
        notice(`Making the legacy data of ${counted(options.submissions, 'submission')} ...`);
        const database = await unlessAborted(
          signal,
          makeLegacyDatabase(server.url, options, throttledRows(notice)),
        );
        const rows = Object.values(database.rows).reduce((sum, table) => sum + table, 0);
        const generate = secondsSince(begin) - start;
        notice(`${count(rows)} rows in ${duration(generate)}.`);
        return {
          database,
          start,
          generate,
          reports: await everyVerb(session, database.url, options, onProgress),
        };
      });
      const { database, start, generate, reports } = made;
      if ('stops' in reports) return session.finish(reports, renderPlan, EXIT.different);
      const { submissions, seed, shape } = options;
      const demo = {
        submissions,
        seed,
        shape,
        legacyRows: database.rows,
        seconds: { start, generate, total: secondsSince(begin) },
      };
      const different =
        reports.run.outcome === 'different' || !reports.verify.equal || reports.bench?.equal === false;
      session.finish<DemoReport>({ demo, ...reports }, renderDemo, different ? EXIT.different : EXIT.done);
      if (!options.keep)
        return session.globals.json ? undefined : session.out.lines(keepHint(session.out.style));
      for (const line of tour(database.url, shape, session.out.style)) session.err.reveal(line);
      for (;;) await sleep(LONGEST_SLEEP_MS, undefined, { signal });
    });
  } catch (error) {
    throw signal.aborted ? ended(options.keep) : error;
  }
}

/** Plan, run and verify; only the plan when that says that a run would be stopped. */
async function everyVerb(
  { signal }: Session,
  databaseUrl: string,
  { concurrency }: DemoOptions,
  onProgress: (event: ProgressEvent) => void,
): Promise<PlanReport | Omit<DemoReport, 'demo'>> {
  const target = { databaseUrl, signal, onProgress };
  const planned = await plan({ ...target, concurrency });
  if (planned.stops.length > 0) return planned;
  const ran = await run({ ...target, concurrency });
  const verified = await verify({ ...target, strict: true });
  const isEqual = ran.outcome !== 'different' && verified.equal;
  const quick = { questions: QUESTIONS, questionSeconds: 0 } as const;
  const measured = isEqual ? await bench({ ...target, ...quick, performanceOnly: true }) : null;
  const page = resolve(PAGE);
  const { html } = await report({ ...target, run: ran, ...(measured && { bench: measured }) });
  await writePage(page, html);
  return { plan: planned, run: ran, verify: verified, bench: measured, page };
}

/** The work goes on when we no longer wait for it, until its server is stopped: nobody looks at that error. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}

function throttledRows(notice: (message: string) => void): (rows: number) => void {
  let last = performance.now();
  return (rows) => {
    if (performance.now() - last < NOTICE_INTERVAL_MS) return;
    last = performance.now();
    notice(`${count(rows)} rows so far`);
  };
}

function secondsSince(begin: number): number {
  return (performance.now() - begin) / 1000;
}

function ended(kept: boolean): DrydockError {
  return new DrydockError({
    code: 'stopped',
    what: kept ? 'The demo was ended.' : 'The demo was stopped before it was done.',
    state: 'Its server is stopped and its data are gone; no other database was touched.',
    next: 'Give the same command again to begin anew.',
  });
}
