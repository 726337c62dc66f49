import { ident, qualified } from '../db/identifier.js';
import type { KeyRange } from '../keys/key-range.js';
import type { BoundSource } from './bind.js';
import { locatorOf, placesOf, rejectedPlace, typed } from './locate.js';
import type { Targets } from './targets.js';
import type { Wanted } from './wanted.js';

/**
 * The rows of a legacy table that our tables hold under the keys of a range, to be found by their locators: what a
 * batch was made of when it was loaded, and what changes have made of it since. Nothing is looked for by what rows
 * name, so a row that came to the range without being applied is not among them: whoever asks has to know how many
 * there are.
 */
export function wantedRemembered(
  source: BoundSource,
  targets: Targets,
  phaseId: number,
  range: KeyRange,
): Wanted {
  const { schema, name } = source.table;
  const locator = locatorOf(source);
  const places = [...placesOf(source, locator, targets), rejectedPlace(source, locator, phaseId)];
  const values = places.map(
    ({ from, value, isOurs }) =>
      `select ${typed(`(${value})::text`, locator)} from ${from} where ${isOurs} and ${range.condition('t.merge_key')}`,
  );
  const nothing = () => 'false';
  return {
    hasUuid: nothing,
    places: `select x.ctid from ${qualified(schema, name)} x where x.${ident(locator.name)} = any (array(${values.join(' union all ')}))`,
    scan: null,
    condition: (key) => `(${range.condition(key)})`,
  };
}
