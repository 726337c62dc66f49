import { isReadable } from '../../copy-binary/decode.js';
import { literal } from '../../db/identifier.js';
import type { ConversionFor } from '../mapping.js';
import { sameText } from './same.js';

/**
 * A vocabulary of many spellings that becomes one of few words.
 *
 * @param words raw word -> golden word; a raw word that is not listed becomes `otherwise`
 * @param usual golden word -> the raw word that this table nearly always means by it: rows that hold it need no residue
 */
export function vocabulary(
  words: ReadonlyMap<string, string>,
  otherwise: string,
  usual: Readonly<Record<string, string>>,
): ConversionFor {
  return ({ type }) => {
    if (!['S', 'E'].includes(type.category) || !isReadable(type)) return null;
    const cases = Object.entries(usual).map(
      ([golden, raw]) => `when ${literal(golden)} then ${literal(raw)}`,
    );
    const forward = (value: string) => words.get(value) ?? otherwise;
    const raw = (golden: string) => `(case ${golden} ${cases.join(' ')} end)`;
    return {
      forward,
      exact: (value) => usual[forward(value)] === value,
      inverse: (golden) => `${raw(golden)}::${type.name}`,
      holds: (golden) => `coalesce(${sameText(`${raw(golden)}::${type.name}`, raw(golden))}, false)`,
    };
  };
}
