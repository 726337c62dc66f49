/** The words in which a consolidation is declared: `import * as d from 'pg-drydock/declare'`. */

export type { AnyRow, Column, NamesOf, Source, SourceHandle } from './declare/column.js';
export {
  type Consolidation,
  type ConsolidationOptions,
  consolidation,
  differs,
  earliest,
  latest,
  type TimeColumn,
  type Veto,
} from './declare/consolidation.js';
export {
  as,
  bigint,
  boolean,
  computed,
  date,
  epoch,
  type Given,
  type Giver,
  type Golden,
  id,
  integer,
  inZone,
  json,
  localTime,
  moment,
  newest,
  numeric,
  percent,
  printed,
  type ScoreValue,
  score,
  text,
  times,
  together,
  truth,
  unit,
  unitComplement,
} from './declare/golden.js';
export { type Constant, constant, type Key, key, type Step, same, via } from './declare/keys.js';
export { type SourceOptions, source, type Winner } from './declare/source.js';
export { type Words, words } from './declare/words.js';
export {
  digits,
  email,
  exact,
  folded,
  integer as wholeNumber,
  type Normalizer,
  trimmed,
  uuid,
} from './mapping/normalizers.js';
