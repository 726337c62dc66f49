/** A signal for a piece of work; `end` lets go of what it hangs on. */
export interface LimitedSignal {
  readonly signal: AbortSignal;
  end(): void;
}

/**
 * A signal that comes when another one does, and after a time at the latest. Not made by `AbortSignal.any`: in Node 20
 * what that gives stays in memory for as long as the other signal, which here lives for weeks.
 */
export function limitedSignal(outer: AbortSignal | undefined, ms: number): LimitedSignal {
  const controller = new AbortController();
  const pass = () => controller.abort(outer?.reason);
  const timer = setTimeout(() => controller.abort(new DOMException('The time is over.', 'TimeoutError')), ms);
  outer?.addEventListener('abort', pass, { once: true });
  if (outer?.aborted === true) pass();
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', pass);
    },
  };
}
