import { ident, literal } from '../db/identifier.js';
import type { ColumnType } from '../legacy/catalog.js';
import { type BoundSource, foldedColumn, storedType } from './bind.js';
import type { Beside, BoundColumn, Conversion, SourceRule } from './mapping.js';

/**
 * SQL that gives legacy values back from the unified tables: the inverse of the mapping, made from it.
 * Used by the legacy views and by the verifier alike.
 */

/** The legacy value of one column, of the legacy type, from a row `alias` of the unified table. */
export function fromUnified(source: BoundSource, column: BoundColumn, alias: string): string {
  const { home, type } = column;
  if (home.kind === 'id') return type.name === 'uuid' ? `${alias}.id` : `${alias}.id::${type.name}`;
  if (home.kind === 'own') return castBack(`${alias}.${ident(home.target)}`, home.stored, type);
  const golden =
    home.kind === 'golden'
      ? `${alias}.${ident(home.target)}`
      : `(${alias}.${ident(home.target)} ->> ${literal(home.member)})::numeric`;
  const key = literal(residueKey(source.rule, column.name));
  return (
    `case when ${alias}.residue ? ${key} then (${alias}.residue ->> ${key})::${type.name} ` +
    `else ${home.conversion.inverse(golden, besideIn(source, alias))} end`
  );
}

/** The golden columns that a column gives a value, whether it is at home in them or has a column of its own. */
export function givesOf(
  home: BoundColumn['home'],
): readonly { readonly target: string; readonly conversion: Conversion }[] {
  if (home.kind === 'id') return [];
  if (home.kind === 'own') return home.gives === undefined ? [] : [home.gives];
  return home.kind === 'member' ? [home] : [home, ...(home.also ?? [])];
}

/** What else a row `alias` of the unified table holds of a source. */
export function besideIn(source: BoundSource, alias: string): Beside {
  return {
    legacy(name) {
      const column = source.columns.find((one) => one.name === name);
      if (column?.home.kind !== 'own') throw new Error(`${name} has no column of its own`);
      const value = `${alias}.${ident(column.home.target)}`;
      // A cast says true and false, where what is sent are letters.
      return column.type.kind === 'bool' ? `left(${value}::text, 1)` : `${value}::text`;
    },
    golden: (name) => `${alias}.${ident(name)}`,
  };
}

/**
 * The key of a legacy column in the residue. One level for all sources: a look into an object in an object copies the
 * inner one out first, for every golden column of every row of a view (a third of what a view costs).
 */
export function residueKey(rule: Pick<SourceRule, 'prefix'>, column: string): string {
  return `${rule.prefix}.${column}`;
}

/** The legacy value of one column from a row `alias` of the table of folded rows. */
export function fromFolded(source: BoundSource, column: BoundColumn, alias: string): string {
  const name = `${alias}.${ident(foldedColumn(source.rule, column.name))}`;
  return castBack(name, storedType(column.type), column.type);
}

/** The legacy value of one column from a row `alias` of the reject table. */
export function fromReject(column: BoundColumn, alias: string): string {
  return castBack(`(${alias}.payload ->> ${literal(column.name)})`, 'text', column.type);
}

/** No cast where none is needed: the view's column is then a plain column, and an index on it is found. */
function castBack(expression: string, stored: string, type: ColumnType): string {
  // A cast would go by the reader's xmloption.
  if (type.kind === 'xml' && stored === 'text') {
    const parsed = `xmlparse(content ${expression})`;
    return type.name === 'xml' ? parsed : `${parsed}::${type.name}`;
  }
  return stored === type.name ? expression : `${expression}::${type.name}`;
}
