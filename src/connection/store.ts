import { refusedAddress } from './errors.js';
import { PARAMETERS } from './parameters.js';

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
