import { CODES, DrydockError, type ErrorCode } from '../errors.js';
import { printable } from '../words/printable.js';
import { wrap } from './render/text.js';
import type { Style } from './style.js';

/** An error as it is shown: three sentences for everybody, and what is behind them for whoever asks. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly state: string;
  readonly next: string;
  /** Whether the same command may pass when it is given again and nobody has changed anything. */
  readonly retry: boolean;
  readonly exitStatus: number;
  /** Stack, detail and causes; for `--verbose` only, since they may hold row data. */
  readonly background: readonly string[];
}

/** What `--json` prints in place of a report. */
export interface FailureDocument {
  readonly error: Pick<Failure, 'code' | 'message' | 'state' | 'next' | 'retry'>;
}

/** Any thrown value as a failure. What is not a DrydockError was not foreseen, and is called a defect. */
export function failureOf(error: unknown): Failure {
  if (error instanceof DrydockError) {
    const { code, message, state, next, retry, exitStatus } = error;
    return { code, message, state, next, retry, exitStatus, background: backgroundOf(error) };
  }
  // The first of several is what went wrong; the others happened while cleaning up after it.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  if (first instanceof DrydockError) return { ...failureOf(first), background: backgroundOf(error) };
  return {
    code: 'defect',
    message: `This is a defect of Drydock: ${defectText(first ?? error)}`,
    state: 'The legacy tables were only read; what was committed is in the ledger, see `drydock status`.',
    next: 'Give the same command with --verbose, and report what it prints.',
    retry: CODES.defect.retry,
    exitStatus: CODES.defect.exit,
    background: backgroundOf(error),
  };
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

/** Server messages can quote row data: at the default level they are named by SQLSTATE, table and constraint. */
function defectText(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}.`;
  const { code, severity, table, constraint } = error as Error & Readonly<Record<string, unknown>>;
  if (typeof code !== 'string' || typeof severity !== 'string') return sentence(error.message);
  const where = [
    ...(typeof table === 'string' ? [`table ${table}`] : []),
    ...(typeof constraint === 'string' ? [`constraint ${constraint}`] : []),
  ];
  return `the server refused a statement (${[`SQLSTATE ${code}`, ...where].join(', ')}).`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
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
