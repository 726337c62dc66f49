import type { Command } from 'commander';
import { MONITOR_DEFAULTS, THRESHOLD_NAMES, THRESHOLDS } from '../../monitor/thresholds.js';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';

const NOTES = [
  'Alerts fire at these thresholds, which the config file may set (monitor.thresholds):',
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
    .summary('watch the migration and the server, and raise alerts when something goes wrong')
    .description(
      'Says how far the phases are, how fast they go and when they end, and how the server is: locks, transactions, ' +
        'connections, log, replicas, disk, times of queries. Only reads, from any machine that reaches the database, ' +
        'beside whatever is at work.',
    );
  command
    .option('--continuous', 'check again and again, until Ctrl-C')
    .option('--interval <seconds>', `time from check to check (default: ${MONITOR_DEFAULTS.intervalSeconds})`)
    .option('--alerts-only', 'say only which alerts fired, changed or were cleared')
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
          ['drydock monitor --continuous --alerts-only', 'alerts, to a webhook too'],
          ['drydock monitor --web', 'a live page, for this machine alone'],
          ['drydock monitor --continuous --json', 'a JSON document a line'],
        ],
        NOTES,
      ),
    )
    .action(async () => (await import('../actions/monitor.js')).act(session, command));
}
