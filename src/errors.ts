import { CODES, type CodeRow, type ErrorCode } from './errors/codes.js';

export { CODES, type CodeRow, type ErrorCode } from './errors/codes.js';
export { EXIT } from './errors/exit.js';

/**
 * An error that a person can act on. The text is made of three sentences: what is wrong, what state
 * the data is in, and what to do next. Row data never goes into `message`; it belongs into `detail`,
 * which is only shown when asked for.
 */
export class DrydockError extends Error {
  /** `DrydockError`, or the name of the kind below it. */
  override readonly name: string = 'DrydockError';
  /** The kind of error; docs/errors.md lists them all. */
  readonly code: ErrorCode;
  /** What to do: a command or an action. */
  readonly next: string;
  /** More about it, which may hold row data; shown with `--verbose` only. */
  readonly detail: string | undefined;
  #state: string;

  constructor(parts: {
    readonly code: ErrorCode;
    readonly what: string;
    readonly state: string;
    readonly next: string;
    readonly detail?: string | undefined;
    readonly cause?: unknown;
  }) {
    super(parts.what, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = parts.code;
    this.#state = parts.state;
    this.next = parts.next;
    this.detail = parts.detail;
  }

  /** What is written at the moment of the error, and what is not. */
  get state(): string {
    return this.#state;
  }

  /** Puts in front of the state what was done before the step that failed. For the one who knows the whole. */
  precede(facts: readonly string[]): void {
    this.#state = [...facts, this.#state].join(' ');
  }

  /** Whether the same command may pass when it is given again and nobody has changed anything. */
  get retry(): boolean {
    return this.#row.retry;
  }

  /** The exit status of a command that ends with this error. */
  get exitStatus(): number {
    return this.#row.exit;
  }

  get #row(): CodeRow {
    return CODES[this.code];
  }
}

/** The run was stopped (Ctrl-C, a signal, an AbortSignal) and left work in the ledger. */
export class StoppedError extends DrydockError {
  /** `StoppedError`. */
  override readonly name = 'StoppedError';
  constructor(state: string) {
    super({
      code: 'stopped',
      what: 'Stopped before the work was done.',
      state,
      next: 'Give the same command again to go on where it stopped.',
    });
  }
}
