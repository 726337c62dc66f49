import { countValues } from '../../../db/count-values.js';
import { ident } from '../../../db/identifier.js';
import { columnOf } from '../../../legacy/catalog.js';
import type { LegacyTable } from '../../../legacy/detect.js';
import { timeColumns } from '../../../transform/standing.js';

/** SQL over the columns that a legacy table happens to have; its row goes by an alias. */
export class LegacyRow {
  readonly table: LegacyTable;
  readonly #alias: string;

  constructor(table: LegacyTable, alias = 'r') {
    this.table = table;
    this.#alias = alias;
  }

  /** The first of these columns that is there; null without one. */
  pick(...names: readonly string[]): string | null {
    const name = names.find((candidate) => columnOf(this.table, candidate) !== undefined);
    return name === undefined ? null : this.#at(name);
  }

  /** As text; an SQL null of that type where the column is not there. */
  text(...names: readonly string[]): string {
    const column = this.pick(...names);
    return column === null ? 'null::text' : `${column}::text`;
  }

  earliest(names: readonly string[]): string {
    return this.#moments('least', names);
  }

  latest(names: readonly string[]): string {
    return this.#moments('greatest', names);
  }

  /** How many columns hold a value. */
  filled(): string {
    return countValues(this.table.columns.map(({ name }) => this.#at(name)));
  }

  /** A score between 0 and 100 with two decimals; null where the column holds none. */
  percent(name: string, factor: 1 | 100 = 1): string {
    const column = columnOf(this.table, name);
    if (column === undefined) return 'null::numeric';
    const { kind, scale } = column.type;
    const exact = kind.startsWith('float')
      ? `${this.#at(name)}::text::numeric`
      : `${this.#at(name)}::numeric`;
    const hasTwoPlaces = kind === 'numeric' && scale === 2 && factor === 1;
    const points = hasTwoPlaces ? this.#at(name) : `round(${factor === 1 ? '' : `${factor} * `}${exact}, 2)`;
    return `(case when ${points} between 0 and 100 then ${points} end)`;
  }

  #at(name: string): string {
    return `${this.#alias}.${ident(name)}`;
  }

  #moments(choose: 'least' | 'greatest', names: readonly string[]): string {
    const columns = timeColumns(this.table, names).map((name) => `${this.#at(name)}::timestamptz`);
    return columns.length === 0 ? 'null::timestamptz' : `${choose}(${columns.join(', ')})`;
  }
}
