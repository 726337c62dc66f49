import type { Session } from '../db/session.js';
import { fromClause } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';
import type { MatchPlan } from '../reports/plan.js';

/** Distinct values of one key that are looked at. */
const MOST_VALUES = 20_000;
const MOST_EXAMPLES = 3;

/**
 * Values that a normalizer keeps apart since it folds letters of ASCII alone, and that would be one if it folded all letters:
 * `MÜLLER@x.example` and `müller@x.example`. Folded here, where it follows neither the server's locale nor its version.
 */
export async function foldingPlan(
  session: Session,
  { keyed, matching }: Phase,
): Promise<MatchPlan['folding']> {
  const byKey = new Map<string, Set<string>>();
  for (const [at, one] of keyed.entries())
    for (const { folds, said } of matching?.ladders[at] ?? []) {
      if (folds === undefined || said === null) continue;
      const values = byKey.get(folds) ?? new Set();
      byKey.set(folds, values);
      const rows = await session.query(
        `${one.with} select distinct x.v from (select ${said} as v from ${fromClause({ ...one, joins: '' })}) x where x.v ~ '[^\\x01-\\x7f]' limit ${MOST_VALUES}`,
      );
      for (const { v } of rows) values.add(String(v));
    }
  return [...byKey].flatMap(([key, values]) => {
    const groups = new Map<string, string[]>();
    for (const value of [...values].sort()) {
      const folded = value.normalize('NFC').toLowerCase();
      groups.set(folded, [...(groups.get(folded) ?? []), value]);
    }
    const several = [...groups.values()].filter((group) => group.length > 1);
    return several.length === 0
      ? []
      : [{ key, values: values.size, joined: several.length, examples: several.slice(0, MOST_EXAMPLES) }];
  });
}
