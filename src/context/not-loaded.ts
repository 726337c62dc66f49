import { DrydockError } from '../errors.js';

/** What a verification that could not begin has done. */
export const NOT_COMPARED = 'Nothing of the phase was compared or changed.';

/** There is nothing yet that could be compared or kept up to date. */
export function notLoaded(what: string, command: string): DrydockError {
  return new DrydockError({
    code: 'not-loaded',
    what: `${what}; there is nothing to compare yet.`,
    state: NOT_COMPARED,
    next: `Run: ${command}`,
  });
}
