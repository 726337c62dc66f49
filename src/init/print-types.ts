import { counted } from '../format/format.js';
import type { ColumnType } from '../legacy/catalog.js';
import { holdsOf } from '../types/builtin.js';
import { memberName } from './code.js';
import type { Names } from './print-names.js';
import type { ColumnProfile } from './profile.js';
import type { Proposal, SourceProposal } from './propose.js';

/** The type of a source's rows. */
export function interfaceLines({ side }: SourceProposal, proposal: Proposal, names: Names): string[] {
  const { table, columns } = side;
  return [
    `/** ${table.name}: ${counted(table.rows, 'row')}. */`,
    `interface ${names.types.get(table.name)} {`,
    ...columns.map((column) => `  ${memberName(column.name)}: ${typeOf(column, proposal)};`),
    '}',
    '',
  ];
}

function typeOf(column: ColumnProfile, { columns }: Proposal): string {
  const home = columns.find(({ givers }) => givers.some((giver) => giver.column === column));
  const type = typeInHome(column, home?.word ?? null) ?? typescriptOf(column.type);
  return column.notNull || type === 'unknown' ? type : `${type} | null`;
}

/** A text that spells a number or a time is declared as what it spells, where it becomes one. */
function typeInHome({ type }: ColumnProfile, word: string | null): string | null {
  if (type.category !== 'S') return null;
  if (word !== null && ['integer', 'bigint', 'numeric', 'score'].includes(word)) return 'number';
  return word !== null && ['date', 'moment', 'localTime'].includes(word) ? 'Date' : null;
}

function typescriptOf(type: ColumnType): string {
  if (type.isArray) return 'readonly unknown[]';
  if (type.category === 'S' || type.category === 'E' || type.kind === 'uuid') return 'string';
  if (type.kind === 'bool') return 'boolean';
  switch (holdsOf(type.kind)) {
    case 'number':
      return 'number';
    case 'moment':
      return 'Date';
    case 'text':
      return 'string';
    default:
      return 'unknown';
  }
}
