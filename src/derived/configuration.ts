import { DrydockError } from '../errors.js';
import type { PhaseEntry } from '../ledger/phases.js';
import { LEDGER_VERSION } from '../ledger/schema.js';
import type { Derived } from '../project/derived.js';

interface Configuration {
  readonly ledger: number;
  /** What is made, by name. */
  readonly makes: Readonly<Record<string, string>>;
}

export function configurationOf({ configuration }: Derived): Configuration {
  return { ledger: LEDGER_VERSION, makes: configuration };
}

/** Refuses to go on where other things would be made now: columns came or went, or Drydock is another version. */
export function requireSameEnhancements(enhancements: Derived, entry: PhaseEntry): void {
  const [then, now] = [JSON.parse(entry.config) as Configuration, configurationOf(enhancements)];
  const [before, after] = [new Map(Object.entries(then.makes)), new Map(Object.entries(now.makes))];
  const names = new Set([...before.keys(), ...after.keys()]);
  const changes = [...names].filter((name) => before.get(name) !== after.get(name));
  if (changes.length === 0 && then.ledger === now.ledger) return;
  const what = changes.map((name) => {
    if (!after.has(name)) return `${name} would not be made any more`;
    return `${name} would be ${before.has(name) ? 'another one' : 'made'}`;
  });
  throw new DrydockError({
    code: 'configuration-changed',
    what: `Phase ${entry.phase} was begun with other tables or another version of Drydock: ${what.join('; ')}.`,
    state: 'Nothing was changed; what was made before is as it was.',
    next: `Begin it anew, which takes no data away: drydock rollback --phase ${entry.phase}, then drydock run --phase ${entry.phase}.`,
  });
}
