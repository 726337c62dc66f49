import type { Session } from '../../db/session.js';
import type { BoundSource } from '../../mapping/bind.js';
import type { BoundColumn, TakeOver } from '../../mapping/mapping.js';
import type { Phase } from '../../mapping/phase.js';
import { type OwnDefault, readDefaults } from '../unified-defaults.js';

/** What the unified table of a phase takes over from one of its sources, as the database is. */
export interface Taking extends Omit<TakeOver, 'table'> {
  readonly source: BoundSource;
  /** The source's column that tells its rows apart. */
  readonly named: BoundColumn;
  /** Where new values of it come from. */
  readonly values:
    | { readonly kind: 'uuid' }
    /** Sequence, for statements; null: there is none, and the application chooses numbers itself. */
    | { readonly kind: 'number'; readonly sequence: string | null }
    /** A default that is no sequence, as the server prints it: nobody knows which numbers it takes. */
    | { readonly kind: 'unknown'; readonly default: string };
}

/** A default that takes the next number of a sequence, as the server prints it. */
const NEXT = /^nextval\('((?:[^']|'')*)'::regclass\)$/;

/** What a completion of the phase takes over; null: nothing. */
export async function takingOf(session: Session, { bound }: Phase): Promise<Taking | null> {
  const { takeOver } = bound.mapping;
  const source = bound.sources.find(({ rule }) => rule.table === takeOver?.table);
  const named = source?.columns.find(({ name }) => name === takeOver?.id.column);
  if (takeOver === undefined || source === undefined || named === undefined) return null;
  const defaults = await readDefaults(session, source);
  const own = defaults.find(({ column }) => column.name === named.name);
  return { ...takeOver, source, named, values: valuesOf(named, own) };
}

function valuesOf({ type }: BoundColumn, own: OwnDefault | undefined): Taking['values'] {
  if (type.kind === 'uuid') return { kind: 'uuid' };
  const sequence = own?.sequence ?? NEXT.exec(own?.value ?? '')?.[1]?.replaceAll("''", "'") ?? null;
  if (sequence !== null || own?.value == null) return { kind: 'number', sequence };
  return { kind: 'unknown', default: own.value };
}
