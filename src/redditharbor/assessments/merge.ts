import { DecimalMean } from '../../consolidation/decimal-mean.js';
import { jsonValue as jsonEvidence, jsonNumber } from '../../consolidation/json-value.js';
import { NewestByName } from '../../consolidation/newest-by-name.js';
import { NULL } from '../../copy-binary/values.js';
import { uuidText, uuidV5Bytes } from '../../keys/uuid.js';
import type { BoundPhase } from '../../mapping/bind.js';
import type { Merger } from '../../mapping/merger.js';
import { Assembler, type Fallback } from '../../transform/assemble.js';
import { RowBuilder } from '../../transform/output.js';
import { fieldAt, type Row, RowReader } from '../../transform/row.js';
import { TimeSpan } from '../../transform/time-span.js';
import { currentScore } from './current-score.js';
import { EXTRA, HEAD } from './keys.js';
import { DIMENSION_COLUMNS, DIMENSIONS } from './mapping.js';
import { countOf, placeOf, Side } from './sides.js';

/**
 * Unifies the rows of one opportunity's assessment: the newest score is the current one; earlier scores,
 * validations and components are kept whole, and summed up in the assessment.
 */
export function assessmentsMerger(bound: BoundPhase): Merger {
  const readers = bound.sources.map((source) => new RowReader(source, HEAD));
  const assembler = new Assembler(bound.sources, readers, DIMENSION_COLUMNS);
  const builder = new RowBuilder(bound);
  const scores = Side.of(bound, readers, 'opportunity_scores');
  const validations = Side.of(bound, readers, 'market_validations');
  const components = Side.of(bound, readers, 'score_components');
  const version = placeOf(scores, ['score_version']);
  const type = placeOf(validations, ['validation_type']);
  const evidence = placeOf(validations, ['evidence', 'validation_result']);
  const confidence = placeOf(validations, ['confidence_score', 'confidence_level']);
  const metric = placeOf(components, ['metric_name', 'component_type']);
  const value = placeOf(components, ['metric_value', 'value']);

  // Used again for every assessment: most have few rows, and to make these anew costs as much as to read them.
  const times = new TimeSpan();
  const types = new NewestByName();
  const mean = new DecimalMean({ precision: 5, scale: 4, least: '0', most: '999999999' });
  const metrics = new NewestByName();
  const rows: (Row | null)[] = bound.sources.map(() => null);

  return {
    merge(group, output) {
      const { key } = group;
      times.clear();
      types.clear();
      mean.clear();
      metrics.clear();
      const contest = scores === null ? null : currentScore(group, scores, version);
      const current = contest?.best.row ?? null;
      const id = contest?.best.identity ?? uuidV5Bytes(`assessment:${uuidText(key)}`);
      let opportunity = NULL;
      const keep = (side: Side, row: Row) => {
        if (opportunity === NULL) opportunity = fieldAt(row, EXTRA.opportunity);
        output.folded(builder.folded(side.index, id, key, row));
        output.book(side.index, 'folded');
      };

      scores?.each(group, (row) => {
        scores.standing.readTimes(row, times);
        if (contest?.claim(scores.standing.identity(row)) === true) output.book(scores.index, 'primary');
        else keep(scores, row);
      });
      validations?.each(group, (row, isOnly) => {
        validations.standing.readTimes(row, times);
        enterByName(types, validations, row, type, evidence, isOnly);
        mean.enter(fieldAt(row, confidence));
        keep(validations, row);
      });
      components?.each(group, (row, isOnly) => {
        components.standing.readTimes(row, times);
        enterByName(metrics, components, row, metric, value, isOnly);
        keep(components, row);
      });

      if (scores !== null) rows[scores.index] = current;
      if (current !== null && opportunity === NULL) opportunity = fieldAt(current, EXTRA.opportunity);
      const { created, updated } = times;
      const validationCount = countOf(group, validations);
      const out = builder.begin();
      builder.computed(0, [id, key, opportunity]);
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
        updated,
        created,
        updated,
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

/** Enters what a row says by a name of its own. An only row has nothing to be newer than. */
function enterByName(
  known: NewestByName,
  { standing }: Side,
  row: Row,
  name: number,
  value: number,
  isOnly: boolean,
): void {
  const named = fieldAt(row, name);
  if (named === NULL) return;
  const time = isOnly ? NULL : standing.updatedAt(row);
  known.enter(named, fieldAt(row, value), time, isOnly ? NULL : standing.identity(row));
}
