import type { Logger } from 'pino';
import type { Globals } from './globals.js';
import type { Sink } from './io.js';
import type { Style } from './style.js';

/** One invocation of the command line: what it was told, where it writes, how it will end. */
export interface Session {
  readonly globals: Globals;
  readonly out: Sink;
  readonly err: Sink;
  /** The log; its library is loaded when somebody has something to log. */
  log(): Promise<Logger>;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** What has to happen even when a second signal ends the process at once. Synchronous. */
  onEmergency(undo: () => void): void;
  /** Prints one of several documents, on a line of its own: for a command that goes on, with `--json`. */
  stream(document: unknown): void;
  /** Prints the result, as one JSON document or drawn for a person, and says how the process will end. */
  finish<T>(report: T, draw: (report: T, style: Style) => readonly string[], exitStatus: number): void;
}
