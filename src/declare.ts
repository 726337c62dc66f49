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
  type Reference,
  resolved,
  type TimeColumn,
  touched,
  type Veto,
} from './declare/consolidation.js';
export {
  type Crosswalk,
  type CrosswalkColumn,
  type CrosswalkHandle,
  type CrosswalkOptions,
  type CrosswalkVariant,
  crosswalk,
  type Naming,
  resolve,
} from './declare/crosswalk.js';
export { type Fallback, firstWords, valueIn } from './declare/fallback.js';
export {
  count,
  type Fold,
  type MeanOptions,
  madeOf,
  mean,
  names,
  newestOf,
  type Some,
} from './declare/folds.js';
export {
  computed,
  epoch,
  type Given,
  type Giver,
  inVariant,
  inZone,
  percent,
  printed,
  type ScoreValue,
  times,
  truth,
  unit,
  unitComplement,
  upper,
} from './declare/givers.js';
export {
  as,
  bigint,
  boolean,
  date,
  filled,
  type Generated,
  type Golden,
  generated,
  id,
  integer,
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
  score,
  text,
  together,
} from './declare/golden.js';
export {
  type Constant,
  constant,
  itself,
  type Key,
  key,
  type Step,
  same,
  through,
  via,
} from './declare/keys.js';
export { type Becomes, type Referrer, type ReferrerOptions, referrer } from './declare/referrer.js';
export { type SourceOptions, source, type Variant, type Winner } from './declare/source.js';
export { type PartValue, type Splits, splits } from './declare/splits.js';
export {
  type Empty,
  empty,
  type Ids,
  idsOf,
  type Made,
  named,
  type ThingColumn,
  type ThingOptions,
  thing,
} from './declare/things.js';
export { unlessIs } from './declare/unless-is.js';
export { when } from './declare/when.js';
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
