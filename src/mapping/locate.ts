import { ident, literal, qualified } from '../db/identifier.js';
import { type CatalogColumn, isIdentity } from '../legacy/catalog.js';
import { type BoundPhase, type BoundSource, foldedColumn, storedType } from './bind.js';
import type { BoundColumn } from './mapping.js';
import { SCRATCH } from './scratch.js';
import { ownTarget } from './tables.js';
import type { Targets } from './targets.js';

/**
 * The column by which a source's rows are found again, in the legacy table and among ours: its id where that names
 * one row, else the raw id that its key is made of. A change of a row is recorded as the values of this column.
 */
export function locatorOf(source: BoundSource): BoundColumn {
  const keys = source.columns.filter((column) => column.key);
  const { identity } = source.rule;
  // Of several columns the last one, which is seldom the tenant; it need not name one row.
  const found = isIdentity(source.table, identity)
    ? keys.find((column) => column.name === identity.at(-1))
    : keys.find((column) => source.rule.locators.includes(column.name));
  if (found === undefined) throw new Error(`rows of ${source.table.name} cannot be told apart`);
  return found;
}

/** Whether other legacy tables name rows of this source by its locator: then the value itself may be a merge key. */
export function isNamedByOthers(source: BoundSource): boolean {
  return locatorOf(source).home.kind === 'id';
}

/** Columns of the table of folded rows that hold the ids by which others name rows; quoted. */
export function foldedNames(bound: BoundPhase): string[] {
  return bound.sources
    .filter(isNamedByOthers)
    .map((source) => ident(foldedColumn(source.rule, locatorOf(source).name)));
}

/**
 * Which column of the scratch table of rows holds the values of a locator. A uuid is kept as one: read from text again
 * by every statement that looks for the rows, it took 6 % of the server's time.
 */
export function listedAs({ type }: BoundColumn): 'id' | 'raw' {
  return type.kind === 'uuid' ? 'id' : 'raw';
}

/** A value of a locator as it is kept there. */
export function asListed(value: string, column: BoundColumn): string {
  return listedAs(column) === 'id' ? `(${value})::uuid` : `(${value})::text collate "C"`;
}

/**
 * A legacy table's rows that are listed in the scratch table of rows, as a subquery without an alias.
 *
 * @param round only those that were listed in this one
 */
export function listedRows(source: BoundSource, round?: number): string {
  const { schema, name } = source.table;
  const column = locatorOf(source);
  const from = `select x.* from ${qualified(schema, name)} x where`;
  const ofRound = round === undefined ? '' : ` and k.round = ${round}`;
  const listed = `${SCRATCH.rows} k where k.source = ${literal(source.rule.table)}${ofRound}`;
  const value = `k.${listedAs(column)}`;
  const some = `${from} x.${ident(column.name)} in (select ${typed(value, column)} from ${listed})`;
  if (isNotNull(source, column)) return `(${some})`;
  return `(${some} union all ${from} x.${ident(column.name)} is null and (select exists (select from ${listed} and ${value} is null)))`;
}

function isNotNull(source: BoundSource, { name }: BoundColumn): boolean {
  return source.table.columns.some((column) => column.name === name && column.notNull);
}

/** A text as a value of a column's type, in its collation: two columns' collations would contradict each other. */
export function typed(text: string, { type }: Pick<CatalogColumn, 'type'>): string {
  if (type.category !== 'S') return `${text}::${type.name}`;
  return `${text}::${type.name} collate ${type.collation ?? '"default"'}`;
}

/** A column of ours that keeps a legacy key verbatim. */
export interface Place {
  /** FROM item, under the alias `t`. */
  readonly from: string;
  /** The value, as an expression that an index of ours is found by. */
  readonly value: string;
  /** Type and collation to compare in. */
  readonly column: Pick<CatalogColumn, 'type'>;
  /** Which rows are of the source. */
  readonly isOurs: string;
}

/** Where the values of a source's key column stand among our rows. */
export function placesOf(source: BoundSource, column: BoundColumn, targets: Targets): Place[] {
  const { flag, table } = source.rule;
  const isDomain = column.type.name !== column.type.base;
  const place = (from: string, name: string, stored: string, isOurs: string): Place => ({
    from,
    value: isDomain ? `t.${ident(name)}::${column.type.name}` : `t.${ident(name)}`,
    column: isDomain ? column : { type: { ...column.type, name: stored } },
    isOurs,
  });
  const folded = place(
    `${targets.folded.qualified} t`,
    foldedColumn(source.rule, column.name),
    storedType(column.type),
    `t.source = ${literal(table)}`,
  );
  if (flag === null) return [folded];
  const { home } = column;
  const inUnified =
    home.kind === 'id'
      ? place(`${targets.unified.qualified} t`, 'id', 'uuid', `t.${ident(flag)}`)
      : place(
          `${targets.unified.qualified} t`,
          ownTarget(column),
          home.kind === 'own' ? home.stored : column.type.base,
          `t.${ident(flag)}`,
        );
  return [inUnified, folded];
}

/** Rows of a source that were put aside, and the value of a key column in them, as text. */
export function rejectedPlace(source: BoundSource, column: BoundColumn, phaseId: number) {
  return {
    from: 'drydock.rejects t',
    value: `t.payload ->> ${literal(column.name)}`,
    isOurs: `t.phase_id = ${phaseId} and t.source = ${literal(source.rule.table)}`,
  };
}
