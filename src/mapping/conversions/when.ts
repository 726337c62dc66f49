import { encode } from '../../copy-binary/values.js';
import { literal } from '../../db/identifier.js';
import type { ColumnType } from '../../legacy/catalog.js';
import type { Beside, Conversion, ConversionFor } from '../mapping.js';
import { wordForm } from './word-form.js';

/**
 * A value whose conversion another column of its row chooses: refunds are negative, some amounts are cents. That column keeps
 * a column of its own.
 *
 * @param cases by what is printed in that column; a truth is printed as `t` or `f`
 * @param otherwise for all other rows, those without a value there as well; null: their values have no golden one
 */
export function when(
  selector: string,
  cases: ReadonlyMap<string, ConversionFor>,
  otherwise: ConversionFor | null,
): ConversionFor {
  return (column, shape, beside = []) => {
    const type = beside.find(({ name }) => name === selector)?.type;
    const form = type === undefined ? null : wordForm(type);
    if (form === null) return null;
    const rest = otherwise === null ? nothing(column.type) : otherwise(column, shape, beside);
    const made = [...cases].map(([word, of]) => [word, of(column, shape, beside)] as const);
    const known = made.flatMap(([word, one]) => (one === null ? [] : [[word, one] as const]));
    if (rest === null || known.length < made.length) return null;
    const chosenSql = (golden: string, others: Beside, sql: (one: Conversion, golden: string) => string) => {
      const by = `case ${others.legacy(selector)} collate "C"`;
      // In plpgsql a golden value is a constant of a plan, which works out what each branch makes of it beforehand, and fails
      // where it does not fit: so only the branch that is chosen has it.
      const branches = known.map(([word, one]) => {
        const is = `when ${literal(word)} then`;
        return `${is} ${sql(one, `(${by} ${is} ${golden} end)`)}`;
      });
      const none = known.map(([word]) => `when ${literal(word)} then null`);
      return `(${by} ${branches.join(' ')} else ${sql(rest, `(${by} ${none.join(' ')} else ${golden} end)`)} end)`;
    };
    const isRespelled = [rest, ...known.map(([, one]) => one)].some((one) => one.respelled !== undefined);
    return {
      forward: rest.forward,
      exact: rest.exact,
      ...(rest.none !== undefined && { none: rest.none }),
      chosen: {
        column: selector,
        by: new Map(known.map(([word, one]) => [encode(word), one])),
        read: form.read,
      },
      inverse: (golden, others) => chosenSql(golden, others, (one, its) => one.inverse(its, others)),
      ...(isRespelled && {
        respelled: (golden: string, others: Beside) =>
          chosenSql(golden, others, (one, its) => one.respelled?.(its, others) ?? its),
      }),
      holds: (golden, others) => chosenSql(golden, others, (one, its) => one.holds(its, others)),
    };
  };
}

function nothing({ name }: ColumnType): Conversion {
  return {
    forward: () => null,
    exact: () => false,
    inverse: () => `null::${name}`,
    holds: () => 'false',
  };
}
