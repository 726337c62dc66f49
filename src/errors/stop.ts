import { DrydockError } from '../errors.js';
import type { ErrorCode } from './codes.js';

/** Something that keeps a run from starting. */
export interface Stop {
  /** The error code of it. */
  readonly code: ErrorCode;
  /** What there is to be said, in a sentence. */
  readonly message: string;
  /** What to do: a command or an action. */
  readonly next: string;
}

/** Throws when there are any: all that is wrong, and all that is to be done about it. */
export function throwIfStops(stops: readonly Stop[], state: string): void {
  const [first] = stops;
  if (first === undefined) return;
  throw new DrydockError({
    code: first.code,
    what: stops.map((stop) => stop.message).join(' '),
    state,
    next: [...new Set(stops.map((stop) => stop.next))].join('; ').replaceAll('.; ', '; '),
  });
}
