import { ident } from '../../db/identifier.js';
import type { BoundColumn } from '../../mapping/mapping.js';
import type { LegacySide } from './legacy-columns.js';

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
 * Updates the legacy rows of some of our rows, `o` before and `n` after: only the columns that were changed, because
 * others may hold what was written to the legacy table and is not merged yet.
 *
 * @param from gives `o` and `n`; may be followed by conditions
 */
export function updateRows(side: LegacySide, legacyValue: ValueOf, from: string, where: string): string {
  const columns = side.columns.filter(({ generated }) => !generated).map(({ bound }) => bound);
  const differs = (column: BoundColumn) =>
    `(${legacyValue(column, 'o')})::text is distinct from (${legacyValue(column, 'n')})::text`;
  const changed = `${where} and (${columns.map(differs).join(' or ')})`;
  const sets = columns.map(
    (column) =>
      `${ident(column.name)} = case when ${differs(column)} then ${legacyValue(column, 'n')} else r.${ident(column.name)} end`,
  );
  const missing = side.identity.length === 0 ? 'true' : 'v_hit <> v_wanted';
  return [
    `select count(*) into v_wanted from ${from} where ${changed};`,
    'if v_wanted > 0 then',
    side.identity.length === 0
      ? 'v_hit := 0;'
      : `update ${side.table} r set ${sets.join(', ')} from ${from} where ${changed} and ${isRow(side, legacyValue)}; get diagnostics v_hit = row_count;`,
    `if ${missing} then`,
    `raise exception using errcode = 'serialization_failure', message = 'A row of the legacy table ${side.source.rule.table} was changed or deleted under its old name, and has not been merged yet.', hint = 'Try again when drydock sync has passed it.';`,
    'end if;',
    'end if;',
  ].join('\n');
}

/** Deletes the legacy rows of some of our rows `o`. */
export function deleteRows(side: LegacySide, legacyValue: ValueOf, from: string, where: string): string {
  if (side.identity.length === 0) {
    return `if exists (select from ${from} where ${where}) then raise exception using errcode = 'feature_not_supported', message = 'Rows of the legacy table ${side.source.rule.table} cannot be told apart.', hint = 'Delete them under the old name.'; end if;`;
  }
  return `delete from ${side.table} r using ${from} where ${where} and ${identityEquals(side, legacyValue, 'r')};`;
}

function identityEquals(side: LegacySide, legacyValue: ValueOf, alias: string): string {
  return side.identity
    .map((column) => `${alias}.${ident(column.name)} = ${legacyValue(column, 'o')}`)
    .join(' and ');
}

/** Where rows may be equal to the last byte, one of them is taken. */
function isRow(side: LegacySide, legacyValue: ValueOf): string {
  if (side.isUnique) return identityEquals(side, legacyValue, 'r');
  return `r.ctid = (select min(x.ctid) from ${side.table} x where ${identityEquals(side, legacyValue, 'x')})`;
}
