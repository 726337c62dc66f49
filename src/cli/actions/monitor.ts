import type { Command } from 'commander';
import { withCleanup } from '../../db/cleanup.js';
import { EXIT } from '../../errors.js';
import { monitorConfig } from '../../monitor/config.js';
import { monitor } from '../../monitor/monitor.js';
import { MONITOR_DEFAULTS } from '../../monitor/thresholds.js';
import type { Web } from '../../monitor/web/server.js';
import type { MonitorConfig } from '../../reports/monitor.js';
import { text, type Values } from '../flags/flag.js';
import { parseFlags } from '../flags/parse.js';
import { flag, wholeNumber } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { monitorDisplay, onlyAlerts } from '../monitor/display.js';
import { renderAlerts } from '../render/monitor/alerts.js';
import { renderMonitor } from '../render/monitor/report.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const LONGEST_INTERVAL = 86_400;
const LARGEST_PORT = 65_535;

const flags = {
  ...target,
  continuous: flag,
  interval: wholeNumber('--interval', 1, LONGEST_INTERVAL),
  alertsOnly: flag,
  monitor: monitorConfig,
  state: text('--state wants the name of a file.'),
  web: flag,
  port: wholeNumber('--port', 0, LARGEST_PORT),
  host: text('--host wants the name or address of this machine.'),
};

type Given = Values<typeof flags>;

/** What `drydock monitor` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const given = await parseFlags(flags, command);
  refuseMixture(given);
  await watch(session, given);
}

function refuseMixture({ continuous, web, interval, port, host }: Given): void {
  if (interval !== undefined && !continuous && !web) {
    throw new UsageError(
      '--interval is for --continuous and --web: without them there is one check.',
      'monitor',
    );
  }
  if (!web && (port !== undefined || host !== undefined)) {
    throw new UsageError('--port and --host are for --web.', 'monitor');
  }
}

async function watch(session: Session, given: Given): Promise<void> {
  const { databaseUrl, project, schema, alertsOnly } = given;
  const continuous = given.continuous || given.web;
  const log = await session.log();
  const config = given.monitor;
  await withCleanup(async (cleanup) => {
    const web = given.web ? await openPage(session, given, config) : null;
    if (web !== null) cleanup.add(() => web.close());
    // Whoever looks at the page wants no picture beside it.
    const display = continuous ? monitorDisplay(session, { alertsOnly: alertsOnly || given.web }) : null;
    const reports = monitor({
      databaseUrl,
      project,
      schema,
      config,
      intervalSeconds: given.interval,
      stateFile: given.state,
      checks: continuous ? undefined : 1,
      batchMaps: given.web,
      signal: session.signal,
      onProgress: (event) => event.type === 'notice' && log.warn(event.message),
    });
    for await (const report of reports) {
      web?.publish(report);
      const status = report.alerts.length > 0 ? EXIT.different : EXIT.done;
      if (display !== null) display(report);
      else if (alertsOnly) session.finish(onlyAlerts(report), renderAlerts, status);
      else session.finish(report, renderMonitor, status);
    }
  });
}

async function openPage(session: Session, given: Given, config: MonitorConfig): Promise<Web> {
  const [{ serveMonitor }, { pageToken }] = await Promise.all([
    import('../../monitor/web/server.js'),
    import('../../monitor/web/token.js'),
  ]);
  const web = await serveMonitor({
    host: given.host ?? MONITOR_DEFAULTS.host,
    port: given.port ?? MONITOR_DEFAULTS.port,
    hosts: config.web.hosts,
    token: await pageToken(config.web.tokenFile),
    intervalSeconds: given.interval ?? MONITOR_DEFAULTS.intervalSeconds,
    explain: (key) => explainedRow(session, given, key),
  });
  if (!session.globals.json) session.err.lines([`The page is at ${web.url} until Ctrl-C.`]);
  return web;
}

/** The story of one row, which somebody asks the page for. */
async function explainedRow(
  session: Session,
  { databaseUrl, project, schema, appSchema }: Given,
  key: string,
): Promise<{ readonly ok: boolean; readonly document: unknown }> {
  const [{ explain }, { failureDocument, failureOf }] = await Promise.all([
    import('../../verbs/explain.js'),
    import('../failure.js'),
  ]);
  try {
    const { signal } = session;
    return { ok: true, document: await explain({ databaseUrl, project, schema, appSchema, key, signal }) };
  } catch (error) {
    return { ok: false, document: failureDocument(failureOf(error)) };
  }
}
