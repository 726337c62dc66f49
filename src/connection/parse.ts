import { badAddress } from './errors.js';
import { parseKeywordValues } from './keyword-value.js';
import { type Given, storeIn } from './store.js';
import { parseUri } from './uri.js';

/**
 * Reads an address in one of the two forms of libpq: `postgres://...`, or `host=... dbname=...`.
 *
 * @throws DrydockError which never quotes the text
 */
export function parseAddress(text: string): Given {
  const given: Given = new Map();
  const store = storeIn(given, 'the database address');
  const uri = /^postgres(?:ql)?:\/\//.exec(text);
  // Not as if it were not set: what an unset variable in a script leaves is no choice of another database.
  if (text.trim() === '') throw badAddress('it is empty (unset DATABASE_URL to have the PG* variables used)');
  if (text.includes('\0')) throw badAddress('it contains a zero byte');
  if (uri !== null) parseUri(text.slice(uri[0].length), store);
  else if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw badAddress('its scheme is not postgres://');
  else if (text.includes('=')) parseKeywordValues(text, store);
  else throw badAddress('it is neither a URL nor a list of parameters');
  return given;
}
