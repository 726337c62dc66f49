import { asDrydockError } from '../db/explain.js';
import type { DrydockError } from '../errors.js';
import { printable } from '../format/printable.js';
import { wrap } from './render/text.js';
import type { Style } from './style.js';

/** An error as it is shown: three sentences for everybody, and what is behind them for whoever asks. */
export interface Failure
  extends Pick<DrydockError, 'code' | 'message' | 'state' | 'next' | 'retry' | 'exitStatus'> {
  /** Stack, detail and causes; for `--verbose` only, since they may hold row data. */
  readonly background: readonly string[];
}

/** What `--json` prints in place of a report. */
export interface FailureDocument {
  readonly error: Pick<Failure, 'code' | 'message' | 'state' | 'next' | 'retry'>;
}

/** Said where a verb did not say it itself. */
const UNKNOWN_PROGRESS = 'What was committed is in the ledger, see `drydock status`.';

/** Any thrown value as a failure. What cannot be explained was not foreseen, and is called a defect. */
export function failureOf(error: unknown): Failure {
  const { code, message, state, next, retry, exitStatus } = asDrydockError(error, UNKNOWN_PROGRESS);
  return { code, message, state, next, retry, exitStatus, background: backgroundOf(error) };
}

export function failureDocument({ code, message, state, next, retry }: Failure): FailureDocument {
  return { error: { code, message, state, next, retry } };
}

/** A failure as a line of a JSON log, with the members of its document. */
export function logLineOf(failure: Failure, verbose: boolean): string {
  const { message: msg, ...members } = failureDocument(failure).error;
  const behind = verbose ? { background: failure.background } : {};
  return `${JSON.stringify({ level: 'error', time: new Date().toISOString(), msg, ...members, ...behind })}\n`;
}

/** The lines of a failure, for stderr. */
export function renderFailure(failure: Failure, style: Style, verbose: boolean): string[] {
  const { colors, width } = style;
  const rest = [
    ...(failure.state === '' ? [] : [`State: ${printable(failure.state)}`]),
    ...(failure.next === '' ? [] : [`Next:  ${printable(failure.next)}`]),
  ];
  return [
    ...wrap(`${colors.red('drydock:')} ${printable(failure.message)}`, width, '  '),
    ...rest.flatMap((line) => wrap(`  ${line}`, width, '         ')),
    ...(verbose ? ['', ...failure.background.map((line) => colors.dim(printable(line)))] : []),
  ];
}

function backgroundOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const { detail, where, code } = error as Error & Readonly<Record<string, unknown>>;
  const inner = error instanceof AggregateError ? error.errors : [];
  const causes = [...inner, ...(error.cause === undefined ? [] : [error.cause])];
  return [
    ...(error.stack ?? String(error)).split('\n'),
    ...(typeof code === 'string' ? [`  code: ${code}`] : []),
    ...(typeof detail === 'string' ? [`  detail: ${detail}`] : []),
    ...(typeof where === 'string' ? [`  where: ${where}`] : []),
    ...(depth < 5 ? causes.flatMap((cause) => ['caused by', ...backgroundOf(cause, depth + 1)]) : []),
  ];
}
