/** The words in which a consolidation is declared: `import * as d from 'pg-drydock/declare'`. */

export type { AnyRow, Column, NamesOf, Source, SourceHandle } from './declare/column.js';
export {
  type ColumnRule,
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
  type Generated,
  type Given,
  type Giver,
  type Golden,
  generated,
  id,
  integer,
  inZone,
  json,
  type Kept,
  kept,
  list,
  localTime,
  type Members,
  members,
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
  upper,
} from './declare/golden.js';
export { type Constant, constant, type Key, key, type Step, same, via } from './declare/keys.js';
export { type SourceOptions, source, type Variant, type Winner } from './declare/source.js';
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
