import type { Context } from '../../context/context.js';
import type { Session } from '../../db/session.js';
import type { PhaseEntry } from '../../ledger/phases.js';
import type { LegacyTable } from '../../legacy/detect.js';
import type { MovedTable } from '../../legacy/moved.js';
import type { Phase } from '../../mapping/phase.js';
import type { CutoverFinding } from '../../reports/cutover.js';

/** What every check looks at. */
export interface Survey {
  readonly context: Context;
  readonly session: Session;
  readonly phase: Phase;
  readonly entry: PhaseEntry;
  readonly tables: readonly LegacyTable[];
  /** The oids of the tables, as the text of an array. */
  readonly oids: string;
  readonly serverVersion: number;
}

export type Check = (survey: Survey) => Promise<CutoverFinding[]>;

export function carried(code: string, object: string, why: string): CutoverFinding {
  return { verdict: 'carried', code, object, why, next: '' };
}

export function warned(code: string, object: string, why: string, next: string): CutoverFinding {
  return { verdict: 'warned', code, object, why, next };
}

export function stops(code: string, object: string, why: string, next: string): CutoverFinding {
  return { verdict: 'stops', code, object, why, next };
}

/** The oids of some tables, as the text of a Postgres array. */
export function oidArray(tables: readonly Pick<MovedTable | LegacyTable, 'oid'>[]): string {
  return `{${tables.map((table) => table.oid).join(',')}}`;
}

export function nameOf(table: Pick<LegacyTable, 'home' | 'name'>): string {
  return `${table.home}.${table.name}`;
}
