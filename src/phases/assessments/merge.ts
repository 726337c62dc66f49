import { NULL } from '../../copy-binary/values.js';
import type { Group } from '../../extract/group.js';
import { uuidText, uuidV5Bytes } from '../../keys/uuid.js';
import type { BoundPhase } from '../../mapping/bind.js';
import { Assembler, type Fallback } from '../../transform/assemble.js';
import { Contest, compareStanding, compareText, type Standing } from '../../transform/dedupe.js';
import { RowBuilder } from '../../transform/output.js';
import { fieldAt, type Row, RowReader } from '../../transform/row.js';
import { compareLatestFirst, earlier, later } from '../../transform/timestamps.js';
import type { Merger } from '../phase.js';
import { EXTRA, HEAD } from './keys.js';
import { DIMENSION_COLUMNS, DIMENSIONS } from './mapping.js';
import { countOf, passing, placeOf, readSide, type Side } from './sides.js';
import { DecimalMean, jsonEvidence, jsonNumber, NewestByName } from './summary.js';

interface ScoreStanding extends Standing {
  readonly version: string;
  readonly row: Row;
}

/**
 * Unifies the rows of one opportunity's assessment: the newest score is the current one; earlier scores,
 * validations and components are kept whole, and summed up in the assessment.
 */
export function assessmentsMerger(bound: BoundPhase): Merger {
  const readers = bound.sources.map((source) => new RowReader(source, HEAD));
  const assembler = new Assembler(bound.sources, readers, DIMENSION_COLUMNS);
  const builder = new RowBuilder(bound);
  const side = (table: string) => readSide(bound, readers, table);
  const scores = side('opportunity_scores');
  const validations = side('market_validations');
  const components = side('score_components');
  const version = placeOf(scores, ['score_version']);
  const type = placeOf(validations, ['validation_type']);
  const evidence = placeOf(validations, ['evidence', 'validation_result']);
  const confidence = placeOf(validations, ['confidence_score', 'confidence_level']);
  const metric = placeOf(components, ['metric_name', 'component_type']);
  const value = placeOf(components, ['metric_value', 'value']);

  return {
    merge(group, output) {
      const contest = scores === null ? null : currentScore(group, scores, version);
      const id = contest?.best.identity ?? uuidV5Bytes(`assessment:${uuidText(group.key)}`);
      const times = new Times();
      let opportunity = NULL;
      const keep = (kept: Side, row: Row) => {
        if (opportunity === NULL) opportunity = fieldAt(row, EXTRA.opportunity);
        output.folded(builder.folded(kept.index, id, group.key, row));
        output.book(kept.index, 'folded');
      };

      for (const row of passing(group, scores)) {
        if (scores === null) break;
        times.enter(scores.standing.read(row, false));
        if (contest?.claim(scores.standing.identity(row)) === true) output.book(scores.index, 'primary');
        else keep(scores, row);
      }
      const types = new NewestByName();
      const mean = new DecimalMean();
      for (const row of passing(group, validations)) {
        if (validations === null) break;
        const standing = validations.standing.read(row, false);
        const name = fieldAt(row, type);
        times.enter(standing);
        if (name !== NULL) types.enter(name, fieldAt(row, evidence), standing.updated, standing.identity);
        mean.enter(fieldAt(row, confidence));
        keep(validations, row);
      }
      const metrics = new NewestByName();
      for (const row of passing(group, components)) {
        if (components === null) break;
        const standing = components.standing.read(row, false);
        const name = fieldAt(row, metric);
        times.enter(standing);
        if (name !== NULL) metrics.enter(name, fieldAt(row, value), standing.updated, standing.identity);
        keep(components, row);
      }

      const current = contest?.best.row ?? null;
      const rows = bound.sources.map((_, index) => (index === scores?.index ? current : null));
      if (current !== null && opportunity === NULL) opportunity = fieldAt(current, EXTRA.opportunity);
      const validationCount = countOf(group, validations);
      const out = builder.begin();
      builder.computed(0, [id, group.key, opportunity]);
      assembler.write(rows, noFallback, out);
      builder.computed(3 + DIMENSIONS.length, [
        types.names(),
        types.object(jsonEvidence),
        mean.value(),
        String(validationCount),
        metrics.object(jsonNumber),
        String(countOf(group, components)),
        method(current !== null, validationCount > 0),
        fieldAt(current, version),
        times.updated,
        times.created,
        times.updated,
        current === null ? 'f' : 't',
      ]);
      assembler.writeResidue(out);
      output.unified(builder.finish(rows));
    },
  };
}

const noFallback: Fallback = (_target, _rows, out) => out.null();

function method(scored: boolean, validated: boolean): string {
  if (scored) return validated ? 'SCORED_AND_VALIDATED' : 'SCORED';
  return validated ? 'VALIDATION_ONLY' : 'COMPONENTS_ONLY';
}

function currentScore(group: Group, scores: Side, place: number): Contest<ScoreStanding> | null {
  const several = countOf(group, scores) > 1;
  let contest: Contest<ScoreStanding> | null = null;
  for (const bytes of group.rows[scores.index] ?? []) {
    const row = scores.rows.read(bytes);
    // Field by field: a spread costs several times as much, for every row.
    const { created, updated, values, identity } = scores.standing.read(row, several);
    const version = fieldAt(row, place);
    const standing = { created, updated, values, identity, version, row };
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

class Times {
  created = NULL;
  updated = NULL;

  enter(standing: Standing): void {
    this.created = earlier(this.created, standing.created);
    this.updated = later(this.updated, later(standing.updated, standing.created));
  }
}
