import type { Memory } from '../../copy-binary/framing.js';
import type { ConversionFor } from '../mapping.js';
import { BLANKS } from '../normalizers.js';
import { textForm } from './text-form.js';

/** Into a golden text: a text of nothing but ASCII blanks has no golden value, and is residue. */
export function unlessBlank(of: ConversionFor): ConversionFor {
  return (column, shape, beside) => {
    const inner = of(column, shape, beside);
    const form = textForm(column.type);
    if (inner === null || form === null) return inner;
    const { passes, ...rest } = inner;
    return {
      ...rest,
      forward: (value) => (isBlank(form.read(value)) ? null : inner.forward(value)),
      exact: (value) => !isBlank(form.read(value)) && inner.exact(value),
      ...(passes !== undefined && {
        passes: (memory: Memory, from: number, to: number) =>
          hasText(memory, from, to) && passes(memory, from, to),
      }),
      holds: (golden, others) => `(${blankIsNull(golden)} is not null and ${inner.holds(golden, others)})`,
    };
  };
}

/** SQL of a text; null where it is nothing but blanks. */
export function blankIsNull(text: string): string {
  return `(case when btrim(${text}, ${BLANKS}) <> '' then ${text} end)`;
}

const isBlank = (text: string) => /^[ \t\n\v\f\r]*$/.test(text);

function hasText({ bytes }: Memory, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte !== SPACE && (byte < TAB || byte > RETURN)) return true;
  }
  return false;
}

const SPACE = 0x20;
const TAB = 0x09;
const RETURN = 0x0d;
