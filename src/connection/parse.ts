import { badAddress, refusedAddress } from './errors.js';
import { parseKeywordValues } from './keyword-value.js';
import { PARAMETERS } from './parameters.js';
import { parseUri } from './uri.js';

/** Parameters by their keywords of libpq. */
export type Given = Map<string, string>;

/** Receives each parameter in the order of the text; a later one replaces an earlier one. */
export type Store = (keyword: string, value: string) => void;

/** A name that can be shown: what is misplaced may be a part of a password. */
const SHOWABLE = /^[A-Za-z_]{1,40}$/;

/** Adds one parameter, as `conninfo_storeval` of libpq does. */
export function storeIn(given: Given, where: string): Store {
  return (keyword, value) => {
    if (keyword === 'requiressl') {
      given.set('sslmode', value.startsWith('1') ? 'require' : 'prefer');
      return;
    }
    if (!PARAMETERS.has(keyword)) {
      const name = SHOWABLE.test(keyword) ? ` "${keyword}"` : '';
      throw refusedAddress(
        'unknown-parameter',
        `There is no connection parameter${name}; ${where} names it.`,
        'Correct its name or leave it out. Options of Drydock, such as --schema, are not part of the address.',
      );
    }
    given.set(keyword, value);
  };
}

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
