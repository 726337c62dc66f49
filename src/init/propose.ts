import { generatedName } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { type ColumnProposal, sharedColumns } from './columns.js';
import { type Hub, hubsOf } from './hubs.js';
import { type KeyProposal, keysOf, type PointerProposal } from './keys.js';
import type { Side } from './matched-rows.js';
import { isAlike } from './names.js';
import { prefixesOf, thingOf } from './naming.js';
import type { ColumnProfile } from './profile.js';
import type { Relation } from './relation.js';
import type { Survey } from './survey.js';
import { type Times, timesOf } from './times.js';

/** A table that is proposed as a source. */
export interface SourceProposal {
  readonly side: Side;
  readonly prefix: string;
  readonly times: Times;
  /** In the order in which they are tried. */
  readonly pointers: readonly PointerProposal[];
}

/** A key with the values that are no identity. */
export type KeyWithHubs = KeyProposal & { readonly hubs: readonly Hub[] };

/** What is proposed for some tables. */
export interface Proposal {
  readonly name: string;
  readonly into: string;
  /** In order of precedence. */
  readonly sources: readonly SourceProposal[];
  readonly keys: readonly KeyWithHubs[];
  readonly within: ReadonlyMap<string, ColumnProfile> | null;
  readonly columns: readonly ColumnProposal[];
}

/** Which tables stay out of a proposal, and why. */
export interface LeftOut {
  readonly table: string;
  readonly why: string;
}

export interface Outcome {
  readonly proposal: Proposal | null;
  readonly leftOut: readonly LeftOut[];
}

/** Makes a proposal of what was found; none where no two tables hold the same things. */
export async function propose(
  session: Session,
  found: Survey,
  existing: readonly string[],
): Promise<Outcome> {
  const withIdentity = found.sides.filter(({ table }) => table.identity !== null);
  const leftOut: LeftOut[] = found.sides
    .filter((side) => !withIdentity.includes(side))
    .map(({ table }) => ({
      table: table.name,
      why: `${table.name} has neither a primary key nor a unique index without nulls: its rows cannot be told apart. Make one, and give the command again.`,
    }));
  const alike = found.relations.filter(
    ({ left, right, unlike, links }) =>
      unlike === null && links.length > 0 && withIdentity.includes(left) && withIdentity.includes(right),
  );
  const alone = largestComponent(withIdentity, alike);
  const joined = alone.length < 2 ? [] : pointing(withIdentity, alone, found.relations);
  const members = withIdentity.filter(
    (side) => alone.includes(side) || joined.some(({ left, right }) => left === side || right === side),
  );
  for (const side of withIdentity)
    if (!members.includes(side))
      leftOut.push({ table: side.table.name, why: reasonFor(side, found.relations) });
  if (members.length < 2) return { proposal: null, leftOut };
  return {
    proposal: await proposalFor(session, members, { all: found.relations, joined }, existing),
    leftOut,
  };
}

/** The tables that hold the same things, as most of them do; in the order in which they were named. */
function largestComponent(sides: readonly Side[], relations: readonly Relation[]): readonly Side[] {
  const components = sides.map((side) => new Set([side]));
  for (const { left, right } of relations) {
    const [a, b] = [left, right].map((side) => components.find((one) => one.has(side)));
    if (a === undefined || b === undefined || a === b) continue;
    for (const side of b) a.add(side);
    components.splice(components.indexOf(b), 1);
  }
  const score = (one: ReadonlySet<Side>) =>
    Math.max(0, ...relations.filter(({ left }) => one.has(left)).map((relation) => relation.score));
  const [largest] = components.sort((a, b) => b.size - a.size || score(b) - score(a));
  return sides.filter((side) => largest?.has(side) === true);
}

/** Where most things have one row, or few, what points to them by a foreign key may belong to them. */
const MOST_REPEATED = 0.6;

/** Relations of tables that were named besides, point to a member, and have columns that are called as those of members. */
function pointing(
  sides: readonly Side[],
  members: readonly Side[],
  relations: readonly Relation[],
): readonly Relation[] {
  return sides
    .filter((side) => !members.includes(side))
    .flatMap((side) => {
      const own = relations.filter(
        ({ left, right }) =>
          (left === side && members.includes(right)) || (right === side && members.includes(left)),
      );
      const isCalledAlike = own.some(({ shared }) => shared.some((pair) => isAlike(pair.kinship)));
      const pointers = own.filter(({ links }) =>
        links.some(
          ({ kind, declared, left, meeting }) =>
            kind === 'via' &&
            declared &&
            left.table === side.table.name &&
            (meeting.left.column === left ? meeting.left : meeting.right).repeated <= MOST_REPEATED,
        ),
      );
      return isCalledAlike ? pointers : [];
    });
}

function reasonFor(side: Side, relations: readonly Relation[]): string {
  const own = relations
    .filter(({ left, right }) => left === side || right === side)
    .sort((a, b) => b.score - a.score);
  return (
    own.find(({ unlike }) => unlike !== null)?.unlike ??
    `Nothing says what ${side.table.name} has in common with the others.`
  );
}

async function proposalFor(
  session: Session,
  members: readonly Side[],
  { all, joined }: { readonly all: readonly Relation[]; readonly joined: readonly Relation[] },
  existing: readonly string[],
): Promise<Proposal> {
  const relations = all.filter(({ left, right }) => members.includes(left) && members.includes(right));
  const tables = members.map(({ table }) => table.name);
  const times = new Map(members.map(({ table, columns }) => [table.name, timesOf(columns)] as const));
  const { keys, pointers, within } = keysOf(
    relations.filter((one) => one.unlike === null || joined.includes(one)),
    members,
  );
  const sideOf = (table: string) => members.find((side) => side.table.name === table);
  const withHubs: KeyWithHubs[] = [];
  for (const key of keys) withHubs.push({ ...key, hubs: await hubsOf(session, key, sideOf) });
  const reserved = [
    ...['id', 'merge_key', 'residue', 'created_at', 'updated_at'],
    ...tables.map((table) => `from_${table}`),
  ];
  const columns = sharedColumns(relations, { tables, keys, times, reserved });
  const name = thingOf(tables);
  const prefixes = prefixesOf(members.map(({ table, columns: own }) => ({ name: table.name, columns: own })));
  return {
    name,
    into: freeTable(name, existing),
    sources: members.map((side, at) => ({
      side,
      prefix: prefixes[at] ?? side.table.name,
      times: times.get(side.table.name) ?? { created: null, updated: null },
      pointers: pointers.filter(({ from }) => from === side.table.name),
    })),
    keys: withHubs,
    within,
    columns,
  };
}

/** A name that no table or view has yet, nor would the table of duplicates. */
function freeTable(name: string, existing: readonly string[]): string {
  for (let at = 1; ; at += 1) {
    const into = generatedName(name, at === 1 ? 'unified' : `unified_${at}`);
    if (![into, `${into}_duplicates`].some((one) => existing.includes(one))) return into;
  }
}
