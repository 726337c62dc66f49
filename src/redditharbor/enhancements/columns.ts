import { type CatalogTable, type ColumnType, columnOf } from '../../legacy/catalog.js';
import { holdsOf } from '../../types/builtin.js';

/** Whether numeric can hold every value of a type. */
export function isNumber(type: Pick<ColumnType, 'kind'>): boolean {
  return holdsOf(type.kind) === 'number';
}

/** An index takes 2,704 bytes of a row, and a character has up to four. */
const KEY_LENGTH = 600;

/** SQL for the part of a text that rows are grouped by: one that is longer than an index takes would stop every refresh. */
export function keyText(text: string): string {
  return `left(coalesce(${text}, ''), ${KEY_LENGTH})`;
}

/** The first of some columns that is there and whose type passes. */
export function firstColumn(
  table: Pick<CatalogTable, 'columns'>,
  names: readonly string[],
  passes: (type: ColumnType) => boolean,
): string | undefined {
  return names.find((name) => {
    const column = columnOf(table, name);
    return column !== undefined && passes(column.type);
  });
}
