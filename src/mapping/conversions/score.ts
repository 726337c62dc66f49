import type { Memory } from '../../copy-binary/framing.js';
import { remembered } from '../../copy-binary/memo.js';
import { hundredthsAt } from '../../copy-binary/numeric.js';
import type { ColumnType } from '../../legacy/catalog.js';
import type { ConversionFor } from '../mapping.js';

/** How a legacy score is meant. `unitComplement`: 1 - x, as competition is the complement of a market gap. */
export type Scale = 'percent' | 'unit' | 'unitComplement';

const HIGHEST = 10_000;
/** All percent scores with two decimals, and some. */
const MOST_REMEMBERED = 16_384;

/**
 * A score of any numeric type that becomes numeric(5,2) between 0 and 100. Exact decimal arithmetic in
 * hundredths of a point: a unit score of 0.7212 is 7212. Values out of range, NaN and the infinities have no
 * golden value and stay in the residue; values with more digits are rounded half up and stay there too.
 */
export function score(scale: Scale): ConversionFor {
  return ({ type }) => {
    if (type.category !== 'N' || !CANONICAL.has(type.kind)) return null;
    const places = scale === 'percent' ? 2 : 4;
    const complement = scale === 'unitComplement';
    const read = remembered((value: string) => {
      const number = hundredths(value, places, complement ? 'down' : 'up');
      const points = number === null ? -1 : complement ? HIGHEST - number.value : number.value;
      if (number === null || points < 0 || points > HIGHEST) return { golden: null, exact: false };
      return { golden: print(points), exact: number.exact && isCanonical(value, type) };
    }, MOST_REMEMBERED);
    // A percent score of type numeric(5,2) is its own golden value: no need to look at its digits.
    const hasTwoPlaces = scale === 'percent' && type.scale === 2;
    const isGolden = (value: string) => hasTwoPlaces && isScore(value);
    const scaled = (golden: string) =>
      ({ percent: golden, unit: `(${golden} / 100)`, unitComplement: `(1 - ${golden} / 100)` })[scale];
    const inverse = (golden: string) => {
      const legacy = scaled(golden);
      return type.kind === 'numeric' && !type.hasModifier
        ? `trim_scale(${legacy})::${type.name}`
        : `${legacy}::${type.name}`;
    };
    return {
      forward: (value) => (isGolden(value) ? value : read(value).golden),
      exact: (value) => isGolden(value) || read(value).exact,
      ...(hasTwoPlaces && type.kind === 'numeric' && { passes: isScoreAt, points: pointsAt }),
      inverse,
      holds: (golden) => {
        const legacy = `(${inverse(golden)})::numeric`;
        const again = { percent: legacy, unit: `${legacy} * 100`, unitComplement: `(1 - ${legacy}) * 100` }[
          scale
        ];
        // Checked before the cast, which fails where the type is too narrow.
        return `(case when ${golden} between 0 and 100 and ${golden} = round(${golden}, 2) and ${isWithin(type, scaled(golden))} then ${again} = ${golden} else false end)`;
      },
    };
  };
}

/** SQL: whether a numeric with precision and scale has room for a value. */
function isWithin({ base }: ColumnType, value: string): string {
  const [, precision, scale] = /^numeric\((\d+),(-?\d+)\)$/.exec(base) ?? [];
  if (precision === undefined || scale === undefined) return 'true';
  return `round(${value}, ${scale}) < 1e${Number(precision) - Number(scale)}::numeric`;
}

/** The same of a value where it lies in memory. */
function isScoreAt(memory: Memory, from: number, to: number): boolean {
  return pointsAt(memory, from, to) >= 0;
}

function pointsAt(memory: Memory, from: number, to: number): number {
  const points = hundredthsAt(memory, from, to);
  return points <= HIGHEST ? points : -1;
}

/** Whether a value that is written with two places lies between 0.00 and 100.00. */
function isScore(value: string): boolean {
  const first = value.charCodeAt(0);
  return (first >= ZERO && first <= NINE && value.length <= LONGEST_BELOW_100) || value === '100.00';
}

const ZERO = 0x30;
const NINE = 0x39;
const LONGEST_BELOW_100 = '99.99'.length;

/** How each type prints a plain decimal: with trailing zeros up to its scale, or with none. */
const CANONICAL: ReadonlyMap<string, (fraction: string, type: ColumnType) => boolean> = new Map([
  [
    'numeric',
    (fraction: string, type: ColumnType) =>
      type.hasModifier ? fraction.length === Math.max(0, type.scale ?? 0) : !fraction.endsWith('0'),
  ],
  ...['float8', 'float4'].map((kind) => [kind, (fraction: string) => !fraction.endsWith('0')] as const),
  ...['int2', 'int4', 'int8'].map((kind) => [kind, (fraction: string) => fraction === ''] as const),
]);

function isCanonical(value: string, type: ColumnType): boolean {
  const plain = /^(?:0|[1-9]\d*)(?:\.(\d+))?$/.exec(value);
  return plain !== null && (CANONICAL.get(type.kind)?.(plain[1] ?? '', type) ?? false);
}

/**
 * A decimal text times 10^places, rounded; null when it is no finite number or far out of range. Halves are rounded
 * up, away from zero; or down, where it is the complement that is to be rounded so.
 */
function hundredths(
  value: string,
  places: number,
  half: 'up' | 'down',
): { readonly value: number; readonly exact: boolean } | null {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/i.exec(value);
  if (parts === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const point = whole.length + Number(exponent) + places;
  const digits = whole + fraction;
  if (point > digits.length + 400 || point < -400)
    return point > 0 ? null : { value: 0, exact: /^0*$/.test(digits) };
  const shifted = point < 0 ? '0'.repeat(-point) + digits : digits.padEnd(point, '0');
  const head = shifted.slice(0, Math.max(0, point)).replace(/^0+/, '');
  const tail = shifted.slice(Math.max(0, point));
  // Eight digits hold far more than the range, and stay exact in a number.
  if (head.length > 8) return null;
  const floor = Number(head === '' ? '0' : head);
  const halfDown = half === 'down' && sign === '' && floor < HIGHEST;
  const rounded = floor + ((halfDown ? /^(?:[6-9]|50*[1-9])/ : /^[5-9]/).test(tail) ? 1 : 0);
  return { value: sign === '-' && rounded > 0 ? -rounded : rounded, exact: /^0*$/.test(tail) };
}

function print(value: number): string {
  const text = String(value).padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}
