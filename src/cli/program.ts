import { Command, type Option } from 'commander';
import { version } from '../format/version.js';
import { addConfigFlag, addGlobalFlags, namesProject } from './commands/shared-options.js';
import { registerWhole, variableOf } from './flags/given.js';
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
  a pooler in session mode. See docs/connections.md.

Flags:
  the command line goes before the variable in brackets, that before the config
  file (flags: { maxRate: 2000, verify: { strict: true } }), that before the default.`;

/** What a flag is for, and the variable that gives it as well. */
function describedWithVariable(option: Option): string {
  return ['help', 'version'].includes(option.attributeName())
    ? option.description
    : `${option.description} [${variableOf(option)}]`;
}

type Add = (program: Command, session: Session) => void;

/** Each command by its name, in the order of the help; loaded where it is named, or all are. */
const COMMANDS: Readonly<Record<string, () => Promise<Add>>> = {
  check: async () => (await import('./commands/check.js')).addCheck,
  init: async () => (await import('./commands/init.js')).addInit,
  plan: async () => (await import('./commands/plan.js')).addPlan,
  explain: async () => (await import('./commands/explain.js')).addExplain,
  run: async () => (await import('./commands/run.js')).addRun,
  verify: async () => (await import('./commands/verify.js')).addVerify,
  sync: async () => (await import('./commands/sync.js')).addSync,
  status: async () => (await import('./commands/status.js')).addStatus,
  monitor: async () => (await import('./commands/monitor.js')).addMonitor,
  pause: async () => (await import('./commands/pause.js')).addPause,
  resume: async () => (await import('./commands/resume.js')).addResume,
  throttle: async () => (await import('./commands/throttle.js')).addThrottle,
  refresh: async () => (await import('./commands/refresh.js')).addRefresh,
  cutover: async () => (await import('./commands/cutover.js')).addCutover,
  rollback: async () => (await import('./commands/rollback.js')).addRollback,
  complete: async () => (await import('./commands/complete.js')).addComplete,
  backup: async () => (await import('./commands/backup.js')).addBackup,
  restore: async () => (await import('./commands/restore.js')).addRestore,
  adopt: async () => (await import('./commands/adopt.js')).addAdopt,
  bench: async () => (await import('./commands/bench.js')).addBench,
  report: async () => (await import('./commands/report.js')).addReport,
  demo: async () => (await import('./demo/command.js')).addDemo,
};

/**
 * The command line that some arguments need: one command where they begin with its name, else all of them. Errors are thrown, in
 * words of our own; only help texts are printed here.
 */
export async function buildProgram(session: Session, [first = '']: readonly string[]): Promise<Command> {
  const program = addGlobalFlags(new Command('drydock'))
    .description(DESCRIPTION)
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureHelp({ showGlobalOptions: true, optionDescription: describedWithVariable })
    .configureOutput({
      writeOut: (text) => session.out.raw(text),
      writeErr: (text) => session.globals.json || session.err.raw(text),
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', helpAfter(EXAMPLES, [CONNECTION]));
  registerWhole(program, () => buildProgram(session, []));
  const named = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  const wanted = named === undefined ? Object.values(COMMANDS) : [named];
  for (const add of await Promise.all(wanted.map((load) => load()))) add(program, session);
  for (const command of program.commands) if (namesProject(command)) addConfigFlag(command);
  for (const command of [program, ...program.commands]) {
    command.exitOverride((error) => {
      if (error.exitCode === 0) throw error; // --help and --version have printed what was asked for
      throw usageError(error, command === program ? null : command.name());
    });
  }
  return program;
}
