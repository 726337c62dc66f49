import type { Session, TextRow } from '../db/session.js';
import type { Batch } from '../ledger/batches.js';
import type { CatalogTable } from '../legacy/catalog.js';
import type { SourceRule } from '../mapping/mapping.js';
import type { Difference } from '../reports/verify.js';
import { bytesOf, textOf } from './hash.js';
import { type Comparison, keyedRows, keyName, type SideName, withClause } from './sides.js';

/** The rows of one batch that are on one side only, each with all columns as text, at most `limit` per side. */
export async function findDifferences(
  session: Session,
  comparison: Comparison,
  batch: Batch,
  limit: number,
): Promise<Difference[]> {
  const { table, rule } = comparison.keyed.source;
  const identity = identityColumns(table, rule);
  const [legacy, unified] = [await onlyOn('legacy'), await onlyOn('unified')];
  const legacyById = groupBy(legacy, (row) => nameOf(row, table, identity));
  const found: Difference[] = [];
  for (const row of unified) {
    const name = nameOf(row, table, identity);
    const partner = legacyById.get(name)?.shift();
    const columns = differingColumns(table, partner, row);
    if (partner !== undefined) found.push(difference('changed', partner, name, columns));
    else found.push(difference((await isOnLegacySide(row)) ? 'duplicated' : 'extra', row, name, columns));
  }
  for (const [name, rows] of legacyById) {
    for (const row of rows)
      found.push(difference('missing', row, name, differingColumns(table, row, undefined)));
  }
  return found.sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1)).slice(0, limit);

  function difference(
    kind: Difference['kind'],
    row: TextRow,
    name: string,
    columns: Difference['columns'],
  ): Difference {
    return {
      table: table.name,
      batch: batch.number,
      key: String(row.merge_key),
      row: name,
      kind,
      columns,
    };
  }

  async function onlyOn(side: SideName): Promise<TextRow[]> {
    const other = side === 'legacy' ? 'unified' : 'legacy';
    const rows: TextRow[] = [];
    const query = `${comparison.keyed.with} select * from (${texts(side)} except all ${texts(other)}) d order by 1, 2 limit ${limit}`;
    for await (const row of session.stream(query)) rows.push(row);
    return rows;
  }

  function texts(side: SideName): string {
    const columns = table.columns
      .map((column, index) => {
        const bytes = bytesOf(column, 'r').map((value) => `, ${value} as b${index}`);
        return `, ${textOf(column, 'r')} as c${index}${bytes.join('')}`;
      })
      .join('');
    const key = `r.${keyName(comparison)}`;
    return `select ${key} as merge_key${columns} from (${keyedRows(comparison, side)}) r where ${batch.range.condition(key)}`;
  }

  /** Whether the legacy side has a row of the same identity: then the unified side has it once too often. */
  async function isOnLegacySide(row: TextRow): Promise<boolean> {
    const conditions = identity.map(
      (at, index) => `${textOf(columnAt(table, at), 'r')} is not distinct from $${index + 1}::text`,
    );
    const { there } = await session.one(
      `${withClause(comparison, 'legacy')} select exists (select from (${keyedRows(comparison, 'legacy')}) r where ${conditions.join(' and ')})::text as there`,
      identity.map((at) => row[`c${at}`] ?? null),
    );
    return there === 'true';
  }
}

/** Positions of the columns that tell the table's rows apart: of its identity, else of what nearly does so, else of all. */
function identityColumns(
  { columns }: CatalogTable,
  { identity, looseIdentity }: Pick<SourceRule, 'identity' | 'looseIdentity'>,
): number[] {
  const at = (names: readonly string[]) =>
    names.map((name) => columns.findIndex((column) => column.name === name));
  const isThere = (found: readonly number[]) => found.length > 0 && !found.includes(-1);
  return [at(identity), at(looseIdentity)].find(isThere) ?? columns.map((_, index) => index);
}

function columnAt(table: CatalogTable, index: number): CatalogTable['columns'][number] {
  return table.columns[index] as CatalogTable['columns'][number];
}

function nameOf(row: TextRow, table: CatalogTable, identity: readonly number[]): string {
  const shown = identity.length === table.columns.length ? identity.slice(0, 2) : identity;
  return shown.map((at) => `${columnAt(table, at).name}=${row[`c${at}`] ?? 'null'}`).join(', ');
}

function differingColumns(
  table: CatalogTable,
  legacy: TextRow | undefined,
  unified: TextRow | undefined,
): Difference['columns'] {
  const columns = table.columns.flatMap((column, index) => {
    const [left, right] = [legacy?.[`c${index}`] ?? null, unified?.[`c${index}`] ?? null];
    if (left !== right) return [{ column: column.name, legacy: left, unified: right }];
    const [sent, given] = [legacy?.[`b${index}`] ?? null, unified?.[`b${index}`] ?? null];
    return sent === given
      ? []
      : [{ column: column.name, legacy: withBytes(left, sent), unified: withBytes(right, given) }];
  });
  const keys = [legacy?.merge_key ?? null, unified?.merge_key ?? null] as const;
  return columns.length > 0 || keys[0] === keys[1]
    ? columns
    : [{ column: 'merge_key', legacy: keys[0], unified: keys[1] }];
}

/** Different values that print the same, told apart. */
function withBytes(text: string | null, bytes: string | null): string | null {
  return text === null || bytes === null ? text : `${text} (\\x${bytes})`;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
