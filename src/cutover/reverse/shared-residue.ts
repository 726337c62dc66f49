import { literal } from '../../db/identifier.js';
import type { BoundColumn } from '../../mapping/mapping.js';
import { residueKey } from '../../mapping/restore.js';
import type { LegacySide } from './legacy-columns.js';

/** plpgsql: the shared value gives the column's back, and the residue need not. */
export function forget(side: LegacySide, column: BoundColumn): string {
  const key = literal(residueKey(side.source.rule, column.name));
  return `if new.residue ? ${key} then new.residue := nullif(new.residue - ${key}, '{}'); end if;`;
}

/** plpgsql: the residue gives the column's value back, as text. */
export function remember(side: LegacySide, column: BoundColumn, value: string): string {
  const key = literal(residueKey(side.source.rule, column.name));
  return `new.residue := coalesce(new.residue, '{}') || jsonb_build_object(${key}, ${value});`;
}
