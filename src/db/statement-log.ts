import { AsyncLocalStorage } from 'node:async_hooks';

const listeners = new AsyncLocalStorage<(text: string) => void>();

/** Has a listener hear of every statement that sessions send for some work, before it is sent. */
export function hearingStatements<T>(listener: (text: string) => void, work: () => Promise<T>): Promise<T> {
  return listeners.run(listener, work);
}

/** Told by sessions of what they send. */
export function noteStatement(text: string): void {
  listeners.getStore()?.(text);
}
