import type { ErrorCode } from '../errors/codes.js';
import { DrydockError } from '../errors.js';

const URL_FORM =
  'Give postgres://user@host:port/database or "host=... dbname=... user=..."; docs/connections.md has both forms.';

/** Thrown before any connection is opened. Never quotes a value: what is misplaced may be a password. */
export function refusedAddress(code: ErrorCode, what: string, next: string): DrydockError {
  return new DrydockError({ code, what, state: 'Nothing was done: no connection was opened.', next });
}

export function badAddress(why: string, next = URL_FORM): DrydockError {
  return refusedAddress('bad-url', `The database address is not usable: ${why}.`, next);
}
