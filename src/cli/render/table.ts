import type { Style } from '../style.js';
import { displayWidth, pad, truncate } from './text.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The column that gives way when the table is too wide; its cells must not be coloured. */
  readonly flexible?: boolean;
}

const GAP = '  ';
const NARROWEST = 10;

/** Draws rows under a dimmed heading, indented by two; without rows there are no lines. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: Style,
): string[] {
  if (rows.length === 0) return [];
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[index] ?? ''))),
  );
  const total = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const flexible = columns.findIndex((column) => column.flexible);
  const least = Math.max(NARROWEST, displayWidth(columns[flexible]?.title ?? ''));
  if (flexible >= 0 && total > style.width) {
    widths[flexible] = Math.max(least, (widths[flexible] ?? 0) - (total - style.width));
  }
  const line = (cells: readonly string[]): string =>
    GAP +
    columns
      .map((column, index) => {
        const cell = cells[index] ?? '';
        const width = widths[index] ?? 0;
        return pad(column.flexible ? truncate(cell, width) : cell, width, column.align);
      })
      .join(GAP)
      .trimEnd();
  return [style.colors.dim(line(columns.map((column) => column.title))), ...rows.map(line)];
}
