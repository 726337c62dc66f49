import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, monitor } from '../../index.js';
import { DEFAULT_CONFIG, readConfig } from '../../monitor/config.js';
import { MONITOR_DEFAULTS, THRESHOLD_NAMES, THRESHOLDS } from '../../monitor/thresholds.js';
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

const flags = z.object({
  ...target,
  continuous: flag,
  interval: wholeNumber('--interval', 1, LONGEST_INTERVAL),
  alertsOnly: flag,
  config: z.string().min(1).optional(),
  state: z.string().min(1).optional(),
});

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
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock monitor', 'one check'],
          ['drydock monitor --continuous', 'a live view'],
          ['drydock monitor --continuous --alerts-only --config m.json', 'alerts, to a webhook too'],
          ['drydock monitor --continuous --json', 'a JSON document a line'],
        ],
        NOTES,
      ),
    )
    .action(async () => {
      const given = parseFlags(flags, command);
      if (given.interval !== undefined && !given.continuous) {
        throw new UsageError('--interval is for --continuous: without it there is one check.', 'monitor');
      }
      await watch(session, given);
    });
}

async function watch(session: Session, given: z.infer<typeof flags>): Promise<void> {
  const { databaseUrl, schema, continuous, alertsOnly } = given;
  const display = continuous ? monitorDisplay(session, { alertsOnly }) : null;
  const reports = monitor({
    databaseUrl,
    schema,
    config: given.config === undefined ? DEFAULT_CONFIG : await readConfig(given.config),
    intervalSeconds: given.interval,
    stateFile: given.state,
    checks: continuous ? undefined : 1,
    signal: session.signal,
    onProgress: (event) => event.type === 'notice' && session.log.warn(event.message),
  });
  for await (const report of reports) {
    const status = report.alerts.length > 0 ? EXIT.different : EXIT.done;
    if (display !== null) display(report);
    else if (alertsOnly) session.finish(onlyAlerts(report), renderAlerts, status);
    else session.finish(report, renderMonitor, status);
  }
}
