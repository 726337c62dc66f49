import { NULL } from '../../copy-binary/values.js';
import type { Group } from '../../mapping/merger.js';
import { compareVersions } from '../../mapping/versions.js';
import { Contest, compareStanding, type Standing } from '../../transform/dedupe.js';
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
