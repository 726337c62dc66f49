/** The signals that end a command, with the exit status that a shell expects for each (128 + number). */
export const SIGNAL_EXIT = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type EndSignal = keyof typeof SIGNAL_EXIT;

export interface Signals {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The first signal that came, if any. */
  received(): EndSignal | null;
}

/** Below a terminal's Ctrl-C both the group and npm, which hands it on, send one: that is one wish, not two. */
const SAME_WISH_MS = 500;

/**
 * Turns signals into an abort. The first one lets the work unwind: transactions end, locks and processes go. The
 * second one means "now": the process exits at once, and Postgres rolls back what was under way.
 */
export function watchSignals(onFirst: (signal: EndSignal) => void, onSecond: () => void): Signals {
  const controller = new AbortController();
  let first: EndSignal | null = null;
  let since = 0;
  for (const name of Object.keys(SIGNAL_EXIT) as EndSignal[]) {
    process.on(name, () => {
      if (first !== null) {
        if (performance.now() - since < SAME_WISH_MS) return;
        onSecond();
        process.exit(SIGNAL_EXIT[first]);
      }
      first = name;
      since = performance.now();
      onFirst(name);
      controller.abort();
    });
  }
  return { signal: controller.signal, received: () => first };
}
