import { ident, literal } from '../db/identifier.js';
import type { SameModel, SourceModel } from '../declare/model.js';
import { keyOfUnknown, rawText } from '../keys/raw-id.js';
import { email, folded, type Normalizer } from '../mapping/normalizers.js';

/**
 * A key is a name-based uuid of the key's name and its parts, each framed by its length: ('ab', 'c') is not ('a', 'bc').
 */

/** One step of a ladder; see `MatchStep`. */
export interface LadderStep {
  readonly name: string;
  readonly key: string;
  readonly gap: string;
  readonly said: string | null;
  readonly folds?: string;
}

/** The uuid of a row itself: its table and its identity. Never null, where the identity is not. */
export function ownId({ table, identity }: SourceModel, alias: string): string {
  return keyOfUnknown(
    framed(
      `row:${table}`,
      identity.map((column) => textOf(alias, column)),
    ),
  );
}

export function sameKey(step: SameModel, { within }: SourceModel, alias: string): string {
  const parts = step.parts.map((part, at) => {
    // A constant is spelled by the rule of its part as well, or it would meet no column.
    const value = 'constant' in part ? `${literal(part.constant)}::text` : `${alias}.${ident(part.column)}`;
    return step.key.parts[at]?.normalizer.sql(value) ?? 'null';
  });
  const tenant = within.map((column) => textOf(alias, column));
  return keyOfUnknown(framed(`key:${step.key.name}`, [...tenant, ...parts]));
}

/** Families of normalizers that fold letters. */
const FOLDING: ReadonlySet<string> = new Set([email.family, folded.family]);

/** A step of `same` over a row `alias`. */
export function sameStep(step: SameModel, source: SourceModel, alias: string): LadderStep {
  const columns = step.parts.flatMap((part, at) => {
    const normalizer = step.key.parts[at]?.normalizer;
    return 'column' in part && normalizer !== undefined
      ? [{ value: `${alias}.${ident(part.column)}`, normalizer }]
      : [];
  });
  const whole = (normalizer: Normalizer) => normalizer.whole ?? normalizer;
  const isNull = columns.map(({ value }) => `${value} is null`);
  const isExcepted = columns.map(
    ({ value, normalizer }) =>
      `${normalizer.sql(value)} is null and ${whole(normalizer).sql(value)} is not null`,
  );
  const isBlank = columns.map(({ value, normalizer }) => `${whole(normalizer).sql(value)} is null`);
  const [first] = columns;
  const gap =
    first === undefined
      ? `''`
      : `case when ${isNull.join(' or ')} then 'n' when ${isBlank.join(' or ')} then 'b' when ${isExcepted.join(' or ')} then 'x' else '' end`;
  return {
    name: `same ${step.key.name}`,
    key: sameKey(step, source, alias),
    gap,
    ...(columns.some(({ normalizer }) => FOLDING.has(normalizer.family)) && { folds: step.key.name }),
    said:
      columns.length === 0
        ? null
        : `concat_ws(', ', ${columns.map(({ value, normalizer }) => normalizer.sql(value)).join(', ')})`,
  };
}

/** Parts of a key as one text; null where one of them is. @param name what comes first, which is no SQL */
function framed(name: string, parts: readonly string[]): string {
  const values = parts.map(
    (part) => `(select length(p.v) || ':' || p.v from (select ${part} as v offset 0) p)`,
  );
  return [literal(`${[...name].length}:${name}`), ...values].join(' || ');
}

function textOf(alias: string, column: string): string {
  return rawText(`${alias}.${ident(column)}`);
}
