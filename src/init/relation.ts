import type { Session } from '../db/session.js';
import { counted, percent } from '../format/format.js';
import { agreementOf } from './agreement.js';
import { mayMeet } from './forms.js';
import { judgeMeeting, judgeSaid, type Link, usable } from './links.js';
import { matchedRows, type RowPair, type Side } from './matched-rows.js';
import { isCounted, type Meeting } from './meetings.js';
import { isAlike, kinship } from './names.js';
import type { ProviderWord } from './providers.js';
import { judgePair, type SharedPair } from './shared.js';
import { timesOf } from './times.js';
import type { ValueSample } from './value-sample.js';

/** What two tables have to do with each other. */
export interface Relation {
  readonly left: Side;
  readonly right: Side;
  /** Ways in which their rows meet, the best first. */
  readonly links: readonly Link[];
  readonly shared: readonly SharedPair[];
  /** Why they are not the same thing; null: they may be. */
  readonly unlike: string | null;
  readonly score: number;
}

/** So many meetings of two tables are followed. */
const MOST_MEETINGS = 8;
const MOST_PAIRS = 1_000;
const SEVERAL = 0.4;

/** Follows what two tables have in common, and judges it. */
export async function relate(
  session: Session,
  sides: { readonly left: Side; readonly right: Side },
  meetings: readonly Meeting[],
  words: readonly ProviderWord[],
): Promise<Relation> {
  const { left, right } = sides;
  const names = [left.table.name, right.table.name];
  const word =
    words.find(({ column, table }) => names.includes(column.table) && names.includes(table)) ?? null;
  const of = (table: string) => words.find((one) => one.table === table);
  if (
    word === null &&
    of(left.table.name) !== undefined &&
    of(left.table.name)?.column === of(right.table.name)?.column
  )
    // A third table keeps them apart.
    return { ...sides, links: [], shared: sharedColumns(sides, []), unlike: null, score: 0 };
  const may = word === null ? meetings : meetings.filter((one) => !isCountedOrKey(one, sides));
  const best = [...may].sort((a, b) => meetingScore(b) - meetingScore(a)).slice(0, MOST_MEETINGS);
  const links: Link[] = [];
  for (const meeting of best) {
    const groups = await matchedRows(session, meeting, sides);
    const link =
      word === null ? judgeMeeting(meeting, sides, groups) : judgeSaid(meeting, sides, groups, word);
    if (link !== null) links.push(link);
  }
  links.sort((a, b) => Number(b.sure) - Number(a.sure) || b.score - a.score);
  if (word !== null) links.splice(1);
  const shared = sharedColumns(sides, links);
  const sure = shared.filter((pair) => pair.sure).length;
  const unlike = unlikeness(sides, links, shared);
  const [first] = links;
  return { ...sides, links, shared, unlike, score: (first?.score ?? 0) + sure + (shared.length - sure) / 4 };
}

/** Numbers of rows, and pointers, are the same in many tables. */
function isCountedOrKey(
  { left, right }: Meeting,
  sides: { readonly left: Side; readonly right: Side },
): boolean {
  const isKey = ({ table }: Side, { column }: ValueSample) =>
    table.identity?.join() === column.name ||
    table.references.some(({ columns }) => columns.includes(column.name));
  return isKey(sides.left, left) || isKey(sides.right, right);
}

/** How much a meeting promises before its rows were looked at. */
export function meetingScore({ left, right, leftShare, rightShare, common }: Meeting): number {
  const forms = [left.column.form, right.column.form];
  const bonus = forms.includes('email') ? 1 : forms.includes('phone') || forms.includes('uuid') ? 0.6 : 0.2;
  const alike = isAlike(kinship(left.column, right.column)) ? 0.6 : 0;
  const chance = isCounted(left) && isCounted(right) ? -0.8 : 0;
  return bonus + alike + chance + Math.max(leftShare, rightShare) + Math.min(common, 100) / 400;
}

/** The columns of two tables that may become one, each in one pair, the surest first. */
function sharedColumns(
  sides: { readonly left: Side; readonly right: Side },
  links: readonly Link[],
): SharedPair[] {
  const pairs = pooled(links);
  const pointers = links.filter(({ kind, sure }) => kind === 'via' && sure).map(({ left }) => left);
  const isFree = (side: Side) => {
    const times = timesOf(side.columns);
    const taken = [times.created, times.updated, ...pointers];
    return side.columns.filter(
      (column) =>
        !taken.includes(column) &&
        !side.table.generated.includes(column.name) &&
        !(side.table.identity?.includes(column.name) ?? false),
    );
  };
  const found: SharedPair[] = [];
  for (const one of isFree(sides.left))
    for (const other of isFree(sides.right)) {
      if (!mayMeet(one.form, other.form) && !(one.form === 'other' && one.type.base === other.type.base))
        continue;
      // Rows that were found by two columns agree in these.
      const apart = pairs.filter(({ link }) => link.left !== one || link.right !== other);
      const pair = judgePair(agreementOf(one, other, apart));
      if (pair !== null) found.push(pair);
    }
  found.push(...keyPairs(sides, links));
  found.sort((a, b) => Number(b.sure) - Number(a.sure) || b.score - a.score);
  const taken = new Set<unknown>();
  return found.filter(({ left, right }) => {
    if (taken.has(left) || taken.has(right)) return false;
    taken.add(left).add(right);
    return true;
  });
}

/** What rows meet by is the same in both: its spelling may differ. */
function keyPairs(
  { left, right }: { readonly left: Side; readonly right: Side },
  links: readonly Link[],
): SharedPair[] {
  return usable(links)
    .filter(({ kind, weak }) => kind === 'same' && !weak)
    .map((link) => {
      const { common, alike, leftShare, rightShare } = link.meeting;
      const agreement = agreementOf(link.left, link.right, link.pairs);
      const relation = kinship(link.left, link.right);
      // Digits within the texts of one side may be those of another thing: no row says the same then.
      const isLikely = alike > 0 || agreement.equal > 0 || isAlike(relation);
      const why = `${counted(common, 'common value')}, ${alike} spelled alike; ${percent(leftShare, 1)} of ${left.table.name}'s, ${percent(rightShare, 1)} of ${right.table.name}'s`;
      return {
        left: link.left,
        right: link.right,
        agreement,
        kinship: relation,
        sure: link.sure && isLikely,
        why: isLikely ? why : `${why}; the names do not say so`,
        score: 3 + link.score,
      };
    });
}

/** Rows that are taken for one thing: by what is sure, and only where nothing is, by what is not. */
function pooled(links: readonly Link[]): (RowPair & { readonly link: Link })[] {
  const sure = links.filter((link) => link.sure);
  const backed = links.filter((link) => link.backing >= 0.3);
  const used = sure.length > 0 ? sure : backed.length > 0 ? backed : links.slice(0, 1);
  return used.flatMap((link) => link.pairs.map((pair) => ({ ...pair, link }))).slice(0, MOST_PAIRS);
}

/** Why two tables do not hold the same things. */
function unlikeness(
  { left, right }: { readonly left: Side; readonly right: Side },
  links: readonly Link[],
  shared: readonly SharedPair[],
): string | null {
  const names = `${left.table.name} and ${right.table.name}`;
  const [first] = links.filter(({ weak }) => !weak);
  if (links.length === 0) {
    const alike = shared.filter((pair) => isAlike(pair.kinship)).length;
    const also =
      alike === 0 ? ', and no names are alike' : `, and ${counted(alike, 'column')} are alike by name only`;
    return `No column of ${names} has values in common by which their rows could meet${also}: nothing says that they hold the same things.`;
  }
  if (first === undefined) return null;
  const others = shared.filter(
    (pair) => pair.sure && !links.some((link) => link.left === pair.left && link.right === pair.right),
  );
  const pointers = links.filter(({ kind, sure }) => kind === 'via' && sure);
  for (const link of [...pointers, first]) {
    const several = link.kind === 'via' ? pointing(link) : moreRepeated(link.meeting);
    if (link.apart === null && several.repeated > SEVERAL && others.length < 3)
      return `One row of ${several.other} is several rows of ${several.table} (${percent(several.repeated, 1)} of the values of ${several.table}.${several.column} are in more than one row): these are parts of it, not the same thing. A row that becomes several is not a consolidation.`;
  }
  const isSplit = first.kind === 'via' && pointing(first).repeated < 0.05;
  if (others.length === 0 && first.kind === 'via' && !isSplit)
    return `${first.left.table} points to ${first.right.table} by ${first.left.name}, but they have no column in common: one refers to the other, and is not the same thing.`;
  return null;
}

function pointing({ meeting, left, right }: Link) {
  const sample = meeting.left.column === left ? meeting.left : meeting.right;
  return { table: left.table, column: left.name, other: right.table, repeated: sample.repeated };
}

function moreRepeated({ left, right }: Meeting) {
  const [more, other] = left.repeated >= right.repeated ? [left, right] : [right, left];
  return {
    table: more.column.table,
    column: more.column.name,
    other: other.column.table,
    repeated: more.repeated,
  };
}
