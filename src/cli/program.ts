import { Command } from 'commander';
import { version } from '../format/version.js';
import { addAdopt } from './commands/adopt.js';
import { addBackup } from './commands/backup.js';
import { addBench } from './commands/bench.js';
import { addCheck } from './commands/check.js';
import { addComplete } from './commands/complete.js';
import { addCutover } from './commands/cutover.js';
import { addExplain } from './commands/explain.js';
import { addInit } from './commands/init.js';
import { addMonitor } from './commands/monitor.js';
import { addPause } from './commands/pause.js';
import { addPlan } from './commands/plan.js';
import { addRefresh } from './commands/refresh.js';
import { addReport } from './commands/report.js';
import { addRestore } from './commands/restore.js';
import { addResume } from './commands/resume.js';
import { addRollback } from './commands/rollback.js';
import { addRun } from './commands/run.js';
import { addConfigFlag, addGlobalFlags, namesProject } from './commands/shared-options.js';
import { addStatus } from './commands/status.js';
import { addSync } from './commands/sync.js';
import { addThrottle } from './commands/throttle.js';
import { addVerify } from './commands/verify.js';
import { addDemo } from './demo/command.js';
import { helpAfter } from './help.js';
import type { Session } from './session.js';
import { usageError } from './usage.js';

const DESCRIPTION =
  'Unifies overlapping legacy tables of a live Postgres database into fewer, better ones, and proves by hash on ' +
  'both sides that not one value is lost.';

const EXAMPLES = [
  ['drydock demo', 'watch it work on a database of its own'],
  ['drydock init --tables a,b', 'propose what may become of two tables of yours'],
  ['drydock plan', 'what a run would do to yours'],
  ['drydock run', 'do it'],
  ['drydock verify', 'prove it again, any time'],
  ['drydock rollback --phase all', 'one step back'],
] as const;

const CONNECTION = `Connection:
  --database-url, else DATABASE_URL: postgres://... or "host=... dbname=..."; what
  they leave open from PGSERVICE, PGHOST, PGPORT, PGUSER, PGDATABASE, PGSSLMODE, ...
  and PGPASSWORD or ~/.pgpass, as psql takes them. A password in an argument can be
  seen by other users of the machine: prefer the environment. Directly, or through
  a pooler in session mode. See docs/connections.md.`;

/** The whole command line. Errors are thrown, in words of our own; only help texts are printed here. */
export function buildProgram(session: Session): Command {
  const program = addGlobalFlags(new Command('drydock'))
    .description(DESCRIPTION)
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => session.out.raw(text),
      writeErr: (text) => session.globals.json || session.err.raw(text),
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', helpAfter(EXAMPLES, [CONNECTION]));
  for (const add of [
    addCheck,
    addInit,
    addPlan,
    addExplain,
    addRun,
    addVerify,
    addSync,
    addStatus,
    addMonitor,
    addPause,
    addResume,
    addThrottle,
    addRefresh,
    addCutover,
    addRollback,
    addComplete,
    addBackup,
    addRestore,
    addAdopt,
    addBench,
    addReport,
    addDemo,
  ]) {
    add(program, session);
  }
  for (const command of program.commands) if (namesProject(command)) addConfigFlag(command);
  for (const command of [program, ...program.commands]) {
    command.exitOverride((error) => {
      if (error.exitCode === 0) throw error; // --help and --version have printed what was asked for
      throw usageError(error, command === program ? null : command.name());
    });
  }
  return program;
}
