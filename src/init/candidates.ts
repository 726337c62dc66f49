import type { Side } from './matched-rows.js';
import type { Relation } from './relation.js';
import type { Survey } from './survey.js';

/** Whether it is worth a proposal that nobody asked for: rows surely meet, and surely have something in common. */
function isConvincing({ unlike, links, shared, left, right }: Relation): boolean {
  if (unlike !== null || left.table.identity === null || right.table.identity === null) return false;
  const isKey = ({ left: a, right: b }: Relation['shared'][number]) =>
    links.some((link) => !link.weak && link.left === a && link.right === b);
  return links.some(({ sure, weak }) => sure && !weak) && shared.some((pair) => pair.sure && !isKey(pair));
}

/** The tables that have most in common, with what is known of them; null where no two are convincing. */
export function withoutOthers({ sides, samples, relations }: Survey): Survey | null {
  const convincing = relations.filter(isConvincing);
  const [best] = convincing;
  if (best === undefined) return null;
  const members = new Set<Side>([best.left, best.right]);
  for (let size = 0; size < members.size; ) {
    size = members.size;
    for (const { left, right } of convincing)
      if (members.has(left) || members.has(right)) members.add(left).add(right);
  }
  const isMember = (side: Side) => members.has(side);
  return {
    sides: sides
      .filter(isMember)
      .sort((a, b) => pointedTo(b, convincing) - pointedTo(a, convincing) || b.table.rows - a.table.rows),
    samples: samples.filter(({ column }) => [...members].some(({ table }) => table.name === column.table)),
    relations: relations.filter(({ left, right }) => isMember(left) && isMember(right)),
  };
}

/** How many others point to a table, or say in a column of theirs which table they are about. */
function pointedTo({ table }: Side, relations: readonly Relation[]): number {
  return relations.filter(({ links }) =>
    links.some(
      ({ kind, right, word }) =>
        (kind === 'via' && right.table === table.name) || (word !== null && word.column.table === table.name),
    ),
  ).length;
}
