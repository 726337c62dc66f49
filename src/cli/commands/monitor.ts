import type { Command } from 'commander';
import { z } from 'zod';
import { withCleanup } from '../../db/cleanup.js';
import { EXIT, monitor } from '../../index.js';
import { DEFAULT_CONFIG, readConfig } from '../../monitor/config.js';
import { MONITOR_DEFAULTS, THRESHOLD_NAMES, THRESHOLDS } from '../../monitor/thresholds.js';
import { serveMonitor, type Web } from '../../monitor/web/server.js';
import { pageToken } from '../../monitor/web/token.js';
import type { MonitorConfig } from '../../reports/monitor.js';
import { parseFlags } from '../flags/parse.js';
import { flag, wholeNumber } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { monitorDisplay, onlyAlerts } from '../monitor/display.js';
import { renderAlerts } from '../render/monitor/alerts.js';
import { renderMonitor } from '../render/monitor/report.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const LONGEST_INTERVAL = 86_400;
const LARGEST_PORT = 65_535;

const flags = z.object({
  ...target,
  continuous: flag,
  interval: wholeNumber('--interval', 1, LONGEST_INTERVAL),
  alertsOnly: flag,
  config: z.string().min(1).optional(),
  state: z.string().min(1).optional(),
  web: flag,
  port: wholeNumber('--port', 0, LARGEST_PORT),
  host: z.string().min(1).optional(),
});

type Given = z.infer<typeof flags>;

const NOTES = [
  'Alerts fire at these thresholds, which the config file may set ("thresholds"):',
  ...THRESHOLD_NAMES.map(
    (name) =>
      `  ${name.padEnd(20)} ${String(THRESHOLDS[name].default).padStart(5)}  ${THRESHOLDS[name].about}`,
  ),
  '',
  'Exits 1 when an alert stands after the check. With --continuous, --json gives a document a line.',
  'What the user may not see is called unknown; the role pg_monitor sees it all.',
];

/** `drydock monitor`: looks at the migration and at the server, once or for ever. */
export function addMonitor(program: Command, session: Session): void {
  const command = program
    .command('monitor')
    .summary('watch the migration and the server, and be told of what goes wrong')
    .description(
      'Says how far the phases are, how fast they go and when they end, and how the server is: locks, transactions, ' +
        'connections, log, replicas, disk, times of queries. Only reads, from any machine that reaches the database, ' +
        'beside whatever is at work.',
    );
  command
    .option('--continuous', 'check again and again, until Ctrl-C')
    .option('--interval <seconds>', `time from check to check (default: ${MONITOR_DEFAULTS.intervalSeconds})`)
    .option('--alerts-only', 'say only which alerts fired, changed or were cleared')
    .option('--config <file>', 'thresholds, webhook, queries to watch, as JSON: see docs/monitor.md')
    .option('--state <file>', 'remember baselines and alerts in this file, from one invocation to the next')
    .option('--web', 'serve a live page as well; checks again and again')
    .option('--port <port>', `port of the page; 0: any (default: ${MONITOR_DEFAULTS.port})`)
    .option(
      '--host <host>',
      `address of the page (default: ${MONITOR_DEFAULTS.host}); any other needs ${MONITOR_DEFAULTS.tokenEnv}`,
    )
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock monitor', 'one check'],
          ['drydock monitor --continuous', 'a live view'],
          ['drydock monitor --continuous --alerts-only --config m.json', 'alerts, to a webhook too'],
          ['drydock monitor --web', 'a live page, for this machine alone'],
          ['drydock monitor --continuous --json', 'a JSON document a line'],
        ],
        NOTES,
      ),
    )
    .action(async () => {
      const given = parseFlags(flags, command);
      refuseMixture(given);
      await watch(session, given);
    });
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
  const { databaseUrl, schema, alertsOnly } = given;
  const continuous = given.continuous || given.web;
  const config = given.config === undefined ? DEFAULT_CONFIG : await readConfig(given.config);
  await withCleanup(async (cleanup) => {
    const web = given.web ? await openPage(session, given, config) : null;
    if (web !== null) cleanup.add(() => web.close());
    // Whoever looks at the page wants no picture beside it.
    const display = continuous ? monitorDisplay(session, { alertsOnly: alertsOnly || given.web }) : null;
    const reports = monitor({
      databaseUrl,
      schema,
      config,
      intervalSeconds: given.interval,
      stateFile: given.state,
      checks: continuous ? undefined : 1,
      batchMaps: given.web,
      signal: session.signal,
      onProgress: (event) => event.type === 'notice' && session.log.warn(event.message),
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
  const web = await serveMonitor({
    host: given.host ?? MONITOR_DEFAULTS.host,
    port: given.port ?? MONITOR_DEFAULTS.port,
    hosts: config.web.hosts,
    token: await pageToken(config.web.tokenFile),
    intervalSeconds: given.interval ?? MONITOR_DEFAULTS.intervalSeconds,
  });
  if (!session.globals.json) session.err.lines([`The page is at ${web.url} until Ctrl-C.`]);
  return web;
}
