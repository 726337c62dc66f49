import { goldenValue } from '../declare/golden-value.js';
import type { ConversionModel, GoldenType, SplitModel } from '../declare/model.js';
import { asBoolean } from '../mapping/conversions/as-boolean.js';
import { asDate } from '../mapping/conversions/as-date.js';
import { asInteger } from '../mapping/conversions/as-integer.js';
import { asJson } from '../mapping/conversions/as-json.js';
import { asMoment } from '../mapping/conversions/as-moment.js';
import { asNumeric } from '../mapping/conversions/as-numeric.js';
import { asText } from '../mapping/conversions/as-text.js';
import { asUuid } from '../mapping/conversions/as-uuid.js';
import { epoch } from '../mapping/conversions/epoch.js';
import { upperCase } from '../mapping/conversions/letter-case.js';
import { scaled } from '../mapping/conversions/scaled.js';
import { score } from '../mapping/conversions/score.js';
import { type SplitPart, split } from '../mapping/conversions/split.js';
import { stringList } from '../mapping/conversions/string-list.js';
import { truth } from '../mapping/conversions/truth.js';
import { unless } from '../mapping/conversions/unless.js';
import { vocabulary } from '../mapping/conversions/vocabulary.js';
import { when } from '../mapping/conversions/when.js';
import { type Zone, zoneOf } from '../mapping/conversions/zone.js';
import type { ConversionFor } from '../mapping/mapping.js';
import { typeSql } from './golden-ddl.js';

/** The golden column that each part of a word goes into, and its type. */
export type SplitParts = ReadonlyMap<string, { readonly target: string; readonly type: GoldenType }>;

/**
 * The conversion of a giver into a golden column of a type. It is null for a legacy column whose type it does not know, and
 * for every column where it never leads to this golden type, or names a zone that is not supported: see `zoneOf`.
 *
 * @param parts where those of a split word go; empty for other conversions
 */
export function conversionFor(
  giver: ConversionModel,
  type: GoldenType,
  parts: SplitParts = new Map(),
): ConversionFor {
  switch (giver.kind) {
    case 'cast': {
      const zone = giver.zone === undefined ? null : zoneOf(giver.zone);
      return giver.zone !== undefined && zone === null ? none : cast(type, zone);
    }
    case 'score':
      return type === 'score' ? score(giver.scale) : none;
    case 'words':
      return type === 'text' ? vocabulary(giver.words, giver.otherwise, giver.usual) : none;
    case 'upper':
      return type === 'text' ? upperCase(giver.lowerIn) : none;
    case 'epoch':
      return type === 'timestamptz' ? epoch(giver.unit) : none;
    case 'scaled':
      return type === 'numeric' || type === 'integer' || type === 'bigint'
        ? scaled(giver.factor, type)
        : none;
    case 'computed':
      return none;
    case 'truth':
      return type === 'boolean' ? truth(giver.yes, giver.no) : none;
    case 'unless':
      return unless(giver.is, conversionFor(giver.of, type));
    case 'when': {
      const cases = [...giver.cases].map(([word, of]) => [word, conversionFor(of, type)] as const);
      const { column, otherwise } = giver;
      return when(column, new Map(cases), otherwise === null ? null : conversionFor(otherwise, type));
    }
    case 'split':
      return splitOf(giver.part, giver.split, parts);
  }
}

function splitOf(part: string, { words }: SplitModel, parts: SplitParts): ConversionFor {
  const all = new Map(
    [...parts].map(([name, { target, type }]): [string, SplitPart] => {
      const values = [...words].flatMap(([word, says]) => {
        const text = says.get(name);
        const golden = text === undefined ? null : goldenValue(type, text);
        return text === undefined || golden === null ? [] : [[word, { golden, text }] as const];
      });
      return [name, { target, type: typeSql(type), values: new Map(values) }];
    }),
  );
  const own = all.get(part);
  return own === undefined ? none : split([...words.keys()], [...all.values()], own);
}

const none: ConversionFor = () => null;

function cast(type: GoldenType, zone: Zone | null): ConversionFor {
  switch (type) {
    case 'text':
      return asText;
    case 'integer':
    case 'bigint':
      return asInteger(type);
    case 'numeric':
      return asNumeric;
    case 'boolean':
      return asBoolean;
    case 'date':
      return asDate(zone);
    case 'timestamptz':
    case 'timestamp':
      return asMoment(type, zone);
    case 'uuid':
      return asUuid;
    case 'jsonb':
      return asJson;
    case 'list':
      return stringList;
    case 'other':
      return none;
    case 'score':
      // Between which numbers it lies has to be said.
      return none;
  }
}
