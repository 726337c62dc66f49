import type { GeneratedRow } from './generated-rows.js';
import type { Found, World } from './try-world.js';
import type { Write } from './writes.js';

/** What the smallest world is looked for with. */
export interface Shrinking {
  /** Tries a world; returns what went wrong in it. */
  tryWorld(world: World): Promise<Found | null>;
  /** Whether there is time for another try. */
  hasTime(): boolean;
}

export interface Smallest extends World {
  readonly found: Found;
}

/**
 * Looks for fewer rows and writes with which the same kind of thing goes wrong: at first those that it was seen at, then half of
 * them, a quarter, ..., at last without values that may be missing.
 */
export async function shrink(
  world: World,
  found: Found,
  { tryWorld, hasTime }: Shrinking,
): Promise<Smallest> {
  let best: Smallest = { ...world, writes: found.writes, found };
  const attempt = async (rows: readonly GeneratedRow[], writes: readonly Write[]): Promise<boolean> => {
    if (!hasTime()) return false;
    const again = await tryWorld({ rows, writes });
    if (again === null || again.kind !== found.kind) return false;
    best = { rows, writes, found: again };
    return true;
  };
  const { at } = found;
  if (at !== null) {
    const its = (one: { readonly table: string; readonly values: GeneratedRow['values'] }) =>
      one.table === at.table && Object.entries(at.row).every(([name, value]) => one.values[name] === value);
    const own = world.rows.filter(its);
    const about = found.writes.filter(({ table, row }) => its({ table, values: row }));
    if (own.length > 0) await attempt(own, about.length > 0 ? about : found.writes);
  }
  best = { ...best, writes: await fewer(best.writes, (writes) => attempt(best.rows, writes)) };
  best = { ...best, rows: await fewer(best.rows, (rows) => attempt(rows, best.writes)) };
  for (const [index, row] of [...best.rows].entries())
    for (const name of Object.keys(row.values)) {
      const current = best.rows[index];
      if (current === undefined || current.values[name] == null) continue;
      const less = { ...current, values: { ...current.values, [name]: null } };
      await attempt(best.rows.with(index, less), best.writes);
    }
  return best;
}

/** The items without those that are not needed, as far as tries allow; parts are left out, halves at first. */
async function fewer<T>(
  items: readonly T[],
  attempt: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = items;
  for (let size = Math.ceil(left.length / 2); size >= 1 && left.length > 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < left.length && left.length > 1; ) {
      const without = [...left.slice(0, from), ...left.slice(from + size)];
      if (without.length > 0 && (await attempt(without))) left = without;
      else from += size;
    }
  }
  return left;
}
