/** Exit statuses of the command line, as diff(1) numbers them. */
export const EXIT = {
  done: 0,
  different: 1,
  failed: 2,
  workLeft: 3,
} as const;

/**
 * An error that a person can act on. The text is made of three sentences: what is wrong, what state
 * the data is in, and what to do next. Row data never goes into `message`; it belongs into `detail`,
 * which is only shown when asked for.
 */
export class DrydockError extends Error {
  override readonly name: string = 'DrydockError';
  readonly code: string;
  readonly state: string;
  readonly next: string;
  readonly detail: string | undefined;
  readonly exitStatus: number;

  constructor(parts: {
    readonly code: string;
    readonly what: string;
    readonly state?: string;
    readonly next?: string;
    readonly detail?: string | undefined;
    readonly cause?: unknown;
    readonly exitStatus?: number;
  }) {
    super(parts.what, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = parts.code;
    this.state = parts.state ?? 'Nothing was written.';
    this.next = parts.next ?? '';
    this.detail = parts.detail;
    this.exitStatus = parts.exitStatus ?? EXIT.failed;
  }
}

/** The run was told to stop (Ctrl-C, a signal, an AbortSignal) and left work in the ledger. */
export class StoppedError extends DrydockError {
  override readonly name = 'StoppedError';
  constructor(state: string) {
    super({
      code: 'stopped',
      what: 'Stopped before the work was done.',
      state,
      next: 'Give the same command again to go on where it stopped.',
      exitStatus: EXIT.workLeft,
    });
  }
}
