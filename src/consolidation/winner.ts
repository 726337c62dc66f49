import { rowText } from '../copy-binary/framing.js';
import { NULL } from '../copy-binary/values.js';
import type { WinnerModel } from '../declare/model.js';
import { compareVersions } from '../mapping/versions.js';
import { compareStanding, compareText, type Standing } from '../transform/dedupe.js';
import type { IdentityReader } from '../transform/identity.js';
import type { Row } from '../transform/row.js';
import { compareLatestFirst, compareTimes, later } from '../transform/timestamps.js';

/** With the version of a row; NULL where rows have none. */
export interface Versioned extends Standing {
  readonly version: string;
}

type Order = (a: Versioned, b: Versioned) => number;

const byIdentity: Order = (a, b) => compareText(a.identity, b.identity);

const newest: Order = (a, b) =>
  compareLatestFirst(changedAt(a), changedAt(b)) || b.values - a.values || byIdentity(a, b);

const ORDERS: Readonly<Record<WinnerModel['by'], Order>> = {
  newest,
  'last-updated': compareStanding,
  'most-values': (a, b) => b.values - a.values || newest(a, b),
  oldest: (a, b) => compareEarliestFirst(a.created, b.created) || byIdentity(a, b),
  'smallest-identity': byIdentity,
};

/** Of rows that were changed last at one time the higher version first. */
const newestVersion: Order = (a, b) =>
  compareLatestFirst(changedAt(a), changedAt(b)) ||
  compareVersions(b.version, a.version) ||
  compareStanding(a, b);

/** A total order of the rows of one source and thing: negative when `a` wins. */
export function winnerOrder({ by, version }: WinnerModel): Order {
  return version === undefined ? ORDERS[by] : newestVersion;
}

/** A row that was never changed was last changed when it was made. */
export function changedAt({ created, updated }: Pick<Standing, 'created' | 'updated'>): string {
  return later(updated, created);
}

/** NULL comes last. */
function compareEarliestFirst(a: string, b: string): number {
  if (a === NULL || b === NULL) return Number(a === NULL) - Number(b === NULL);
  return compareTimes(a, b);
}

/** What tells a row from all others: its identity; where that is not unique, all its bytes behind it. */
export function tellingApart(identity: IdentityReader | null): (row: Row) => string {
  if (identity === null) return rowText;
  return identity.isUnique ? (row) => identity.read(row) : (row) => identity.read(row) + rowText(row);
}
