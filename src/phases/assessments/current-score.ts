import { NULL } from '../../copy-binary/values.js';
import type { Group } from '../../extract/group.js';
import { Contest, compareStanding, compareText, type Standing } from '../../transform/dedupe.js';
import { fieldAt, type Row } from '../../transform/row.js';
import { compareLatestFirst, later } from '../../transform/timestamps.js';
import type { Side } from './sides.js';

interface ScoreStanding extends Standing {
  readonly version: string;
  readonly row: Row;
}

/**
 * Finds the current one of an opportunity's scores: the newest. An only one is it without a contest, and is read in the
 * place of the last one.
 *
 * @param version where rows have their version; -1 for nowhere
 */
export function currentScore(group: Group, scores: Side, version: number): Contest<ScoreStanding> | null {
  const only = scores.only(group);
  if (only !== null) {
    const identity = scores.standing.identity(only);
    return new Contest({ created: NULL, updated: NULL, values: 0, identity, version: NULL, row: only });
  }
  let contest: Contest<ScoreStanding> | null = null;
  for (const bytes of group.rows[scores.index] ?? []) {
    const row = scores.rows.read(bytes);
    // Field by field: a spread costs several times as much, for every row.
    const { created, updated, values, identity } = scores.standing.read(row, true);
    const standing = { created, updated, values, identity, version: fieldAt(row, version), row };
    if (contest === null) contest = new Contest(standing, newerScore);
    else contest.enter(standing);
  }
  return contest;
}

/** The later score first; of two at one time the higher version. */
function newerScore(a: ScoreStanding, b: ScoreStanding): number {
  const latest = (standing: ScoreStanding) => later(standing.updated, standing.created);
  return (
    compareLatestFirst(latest(a), latest(b)) || compareVersions(b.version, a.version) || compareStanding(a, b)
  );
}

/** `1.10` is higher than `1.9`; NULL is the lowest. */
function compareVersions(a: string, b: string): number {
  const parts = (version: string) => (version === NULL ? [] : (version.match(/\d+|\D+/g) ?? []));
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [x, y] = [left[at] ?? '', right[at] ?? ''];
    const numeric = /^\d+$/.test(x) && /^\d+$/.test(y);
    const order = numeric ? compareNumerals(x, y) : compareText(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

/** As numbers, of any length: a version may be made of a moment with all its digits. */
function compareNumerals(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || compareText(left, right);
}
