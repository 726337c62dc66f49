import { ident } from '../../db/identifier.js';
import type { BoundColumn } from '../../mapping/mapping.js';
import { refuse } from '../../mapping/reverse.js';
import { differ } from '../../types/spelling.js';
import { flagOf, type LegacySide } from './legacy-columns.js';

/** The legacy value of a column from a row `alias` of one of our tables. */
export type ValueOf = (column: BoundColumn, alias: string) => string;

/** Inserts the legacy rows of some of our rows `n`. */
export function insertRows(side: LegacySide, legacyValue: ValueOf, from: string): string {
  const columns = side.columns.filter(({ generated }) => !generated).map(({ bound }) => bound);
  const names = columns.map(({ name }) => ident(name)).join(', ');
  const values = columns.map((column) => legacyValue(column, 'n')).join(', ');
  return `insert into ${side.table} (${names}) overriding system value select ${values} from ${from};`;
}

/**
 * Takes the legacy rows of our row `old`, before an application's change of it is stored: it waits for whoever writes
 * them under their old name, and what comes after goes by what they are then. Where one was deleted meanwhile, ours
 * goes with the next merge; the change is as if it had come before that delete, and is refused to nobody.
 */
export function holdRows(side: LegacySide, legacyValue: ValueOf): string[] {
  if (side.identity.length === 0) return [];
  const taken =
    side.hold === null
      ? lockRow(side, legacyValue, 'old')
      : `perform ${side.hold}(${side.identity.map((column) => `old.${ident(placeOf(column))}`).join(', ')});`;
  return [`if ${flagOf(side, 'old')} then ${taken} end if;`];
}

/** plpgsql that refuses another number for a legacy row that its table has numbered. @param both SQL: `old` and `new` have it */
export function keptNumbers(
  side: LegacySide,
  legacyValue: ValueOf,
  both = `${flagOf(side, 'old')} and ${flagOf(side, 'new')}`,
): string[] {
  const changed = side.columns
    .filter(({ numbered }) => numbered)
    .map(({ bound }) => differ(bound.type, legacyValue(bound, 'old'), legacyValue(bound, 'new')));
  if (changed.length === 0) return [];
  const { table } = side.source.rule;
  return [
    `if tg_op = 'UPDATE' and ${both} and (${changed.join(' or ')}) then`,
    refuse(
      'numbered',
      `Rows of the legacy table ${table} keep the number that it gave them: it is generated always as identity.`,
      'Leave it as it is.',
    ),
    'end if;',
  ];
}

/** plpgsql that locks the legacy rows of our row `ours`. */
export function lockRow(side: LegacySide, legacyValue: ValueOf, ours: string, from = ''): string {
  return `perform from ${side.table} x${from} where ${identityEquals(side, legacyValue, 'x', ours)} for no key update of x;`;
}

/** The column of the unified table that holds a column of the identity. */
export function placeOf({ name, home }: BoundColumn): string {
  if (home.kind === 'id') return 'id';
  if (home.kind === 'own') return home.target;
  throw new Error(`${name} identifies rows, and is merged`);
}

/**
 * Updates the legacy rows of some of our rows, `o` before and `n` after: only the columns that were changed, because
 * others may hold what was written to the legacy table and is not merged yet.
 *
 * @param from gives `o` and `n`; may be followed by conditions
 */
export function updateRows(side: LegacySide, legacyValue: ValueOf, from: string, where: string): string {
  const columns = side.columns
    .filter(({ generated, numbered }) => !generated && !numbered)
    .map(({ bound }) => bound);
  const differs = (column: BoundColumn) =>
    differ(column.type, legacyValue(column, 'o'), legacyValue(column, 'n'));
  if (columns.length === 0) return '';
  const changed = `${where} and (${columns.map(differs).join(' or ')})`;
  if (side.identity.length === 0) return refuseUntold(side, from, changed, 'Change');
  const sets = columns.map(
    (column) =>
      `${ident(column.name)} = case when ${differs(column)} then ${legacyValue(column, 'n')} else r.${ident(column.name)} end`,
  );
  return `update ${side.table} r set ${sets.join(', ')} from ${from} where ${changed} and ${isRow(side, legacyValue)};`;
}

/** Deletes the legacy rows of some of our rows `o`. */
export function deleteRows(side: LegacySide, legacyValue: ValueOf, from: string, where: string): string {
  if (side.identity.length === 0) return refuseUntold(side, from, where, 'Delete');
  return `delete from ${side.table} r using ${from} where ${where} and ${identityEquals(side, legacyValue, 'r')};`;
}

/** No column, nor any two of them, says which legacy row is meant. */
function refuseUntold(side: LegacySide, from: string, where: string, verb: 'Change' | 'Delete'): string {
  return `if exists (select from ${from} where ${where}) then raise exception using errcode = 'feature_not_supported', message = 'Rows of the legacy table ${side.source.rule.table} cannot be told apart.', hint = '${verb} them under the old name.'; end if;`;
}

function identityEquals(side: LegacySide, legacyValue: ValueOf, alias: string, ours = 'o'): string {
  return side.identity
    .map((column) => `${alias}.${ident(column.name)} = ${legacyValue(column, ours)}`)
    .join(' and ');
}

/** Where rows may be equal to the last byte, one of them is taken. */
function isRow(side: LegacySide, legacyValue: ValueOf): string {
  if (side.isUnique) return identityEquals(side, legacyValue, 'r');
  return `r.ctid = (select min(x.ctid) from ${side.table} x where ${identityEquals(side, legacyValue, 'x')})`;
}
