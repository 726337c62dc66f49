import process from 'node:process';
import { CommanderError } from 'commander';
import { EXIT, StoppedError } from '../errors.js';
import type { JsonLayout } from '../format/printable.js';
import { type Failure, failureDocument, failureOf, logLineOf, renderFailure } from './failure.js';
import { scanGlobals } from './globals.js';
import { sink } from './io.js';
import { buildProgram } from './program.js';
import { redactor } from './redact.js';
import type { Session } from './session.js';
import { SIGNAL_EXIT, watchSignals } from './signals.js';

/** Time for sockets to close after the last word; what still holds the process then is a leak, not work. */
const GRACE_MS = 5000;

/** Said where a verb did not say it itself. */
const UNKNOWN_PROGRESS = 'What was committed is in the ledger, see `drydock status`.';

const argv = process.argv.slice(2);
const { env } = process;
const globals = scanGlobals(argv, env);
const io = { redact: redactor(argv, env), color: globals.color, env };
const out = sink(process.stdout, io);
const err = sink(process.stderr, io);
const emergencies: (() => void)[] = [];
let documented = false;
/** A stream of documents ends with one of its kind, even when it fails. */
let layout: JsonLayout = 'document';

const signals = watchSignals(
  (name) => {
    const again = name === 'SIGINT' ? ' Press Ctrl-C again to stop at once.' : '';
    if (!globals.json) err.lines([`${err.isTTY ? '\n' : ''}Stopping.${again}`]);
  },
  () => {
    for (const undo of emergencies) undo();
  },
);

/** A signal came when there was nothing left to stop: the report is whole, and so is its exit status. */
let finishedAllTheSame = false;

const session: Session = {
  globals,
  out,
  err,
  async log() {
    const { createLog } = await import('./log.js');
    return createLog(globals, err);
  },
  signal: signals.signal,
  onEmergency: (undo) => void emergencies.push(undo),
  stream(one) {
    layout = 'line';
    out.json(one, layout);
  },
  finish(report, draw, exitStatus) {
    finishedAllTheSame = signals.received() !== null;
    if (globals.json) document(report);
    else out.lines(draw(report, out.style));
    process.exitCode = exitStatus;
  },
};

/** One document, whatever fails afterwards. */
function document(content: unknown): void {
  if (!documented) out.json(content, layout);
  documented = true;
}

function fail(error: unknown): void {
  const failure = failureOf(
    signals.signal.aborted && isAbort(error) ? new StoppedError(UNKNOWN_PROGRESS) : error,
  );
  const told = globals.json && !documented;
  if (globals.json) document(failureDocument(failure));
  if (!told || globals.verbose) printFailure(failure);
  process.exitCode = failure.exitStatus;
}

function printFailure(failure: Failure): void {
  if (globals.logFormat === 'json') {
    err.raw(logLineOf(failure, globals.verbose));
    return;
  }
  const width = err.isTTY ? err.style.width : Number.POSITIVE_INFINITY; // lines of a log are searched for
  err.lines(renderFailure(failure, { ...err.style, width }, globals.verbose));
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

// The driver asks which runtime this is. Node 20 does not say it so, and is tried for being another one: with a Response,
// for which Node loads its whole client of HTTP, a fifth of the time that a short command takes.
if (!('navigator' in globalThis)) {
  Object.defineProperty(globalThis, 'navigator', {
    value: { userAgent: `Node.js/${process.versions.node.split('.', 1)[0]}` },
    configurable: true,
  });
}

// Hides the arguments, among them perhaps a password, from other users' `ps`.
process.title = 'drydock';
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    fail(error);
    process.exit();
  });
}

try {
  await (await buildProgram(session, argv)).parseAsync(argv, { from: 'user' });
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = EXIT.done;
  else fail(error);
}
const received = signals.received();
if (received !== null && !finishedAllTheSame) process.exitCode = SIGNAL_EXIT[received];
setTimeout(() => process.exit(), GRACE_MS).unref();
