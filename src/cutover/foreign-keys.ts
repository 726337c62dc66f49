import { generatedName, ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { takesNoUncheckedKey } from '../db/unchecked-keys.js';
import type { ConcurrentIndex } from '../ledger/concurrent-index.js';
import { type BoundSource, foldedColumn } from '../mapping/bind.js';
import type { BoundColumn } from '../mapping/mapping.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';
import { oidArray } from './preflight/findings.js';

/** A foreign key of a table that is not restructured, to a legacy table of the phase. */
export interface ForeignKey {
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  /** Quoted, for statements. */
  readonly qualified: string;
  readonly oid: string;
  /** The legacy table that it names, and its oid. */
  readonly target: string;
  readonly targetOid: string;
  /** Its columns, and those of the legacy table that they name, one by one. */
  readonly columns: readonly string[];
  readonly targetColumns: readonly string[];
  /** What Postgres prints behind the columns that it names; null where it prints a key of another kind, of periods. */
  readonly actions: string | null;
  readonly comment: string | null;
  /** Its table takes no key that is not checked yet. */
  readonly isCheckedAtOnce: boolean;
}

const COLUMNS = (relation: string, numbers: string, shown: string) =>
  `(select ${shown} from unnest(${numbers}) with ordinality k (attnum, at) join pg_attribute a on a.attrelid = ${relation} and a.attnum = k.attnum)`;
const LIST = `string_agg(quote_ident(a.attname), ', ' order by k.at)`;
const NAMES = 'json_agg(a.attname order by k.at)';

/** As Postgres begins to print a key of plain columns. */
const HEAD =
  `format('FOREIGN KEY (%s) REFERENCES %s(%s)', ${COLUMNS('c.conrelid', 'c.conkey', LIST)}, ` +
  `c.confrelid::regclass, ${COLUMNS('c.confrelid', 'c.confkey', LIST)})`;

export async function foreignKeysToPhase(session: Session, phase: Phase): Promise<ForeignKey[]> {
  const rows = await session.query(
    `select c.conname as name, n.nspname as schema, r.relname as table, r.oid::text as oid, t.relname as target, t.oid::text as target_oid,
       ${COLUMNS('c.conrelid', 'c.conkey', NAMES)}::text as columns, ${COLUMNS('c.confrelid', 'c.confkey', NAMES)}::text as target_columns,
       case when starts_with(d.definition, d.head) then substr(d.definition, length(d.head) + 1) end as actions, obj_description(c.oid, 'pg_constraint') as comment,
       ${takesNoUncheckedKey('r')}::text as checked_at_once
     from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace
     join pg_class t on t.oid = c.confrelid
     cross join lateral (select pg_get_constraintdef(c.oid) as definition, ${HEAD} as head) d
     where c.contype = 'f' and c.conparentid = 0 and c.confrelid = any ($1::text::oid[]) and c.conrelid <> all ($1::text::oid[])
       and not exists (select from drydock.moved_tables m where m.oid = c.conrelid)
     order by 2, 3, 1`,
    [oidArray(phase.bound.sources.map(({ table }) => table))],
  );
  return rows.map((row) => ({
    name: String(row.name),
    schema: String(row.schema),
    table: String(row.table),
    qualified: qualified(String(row.schema), String(row.table)),
    oid: String(row.oid),
    target: String(row.target),
    targetOid: String(row.target_oid),
    columns: JSON.parse(String(row.columns)) as string[],
    targetColumns: JSON.parse(String(row.target_columns)) as string[],
    actions: row.actions ?? null,
    comment: row.comment ?? null,
    isCheckedAtOnce: row.checked_at_once === 'true',
  }));
}

/** A key that can name rows of the unified table instead, as those have what it names. */
export interface Repointable {
  readonly key: ForeignKey;
  readonly source: BoundSource;
  readonly parts: readonly RepointedPart[];
}

export interface RepointedPart {
  /** The key's column. */
  readonly pointer: string;
  /** The legacy column that it names. */
  readonly named: BoundColumn;
  /** What it names instead: a column of the unified table. */
  readonly unified: string;
  /** The column of the table of folded rows that keeps the same. */
  readonly folded: string;
}

/** How a key can name the unified table; or why it cannot, as a sentence. */
export function repointable(phase: Phase, key: ForeignKey): Repointable | { readonly obstacle: string } {
  const source = phase.bound.sources.find(({ table }) => table.oid === key.targetOid);
  if (source === undefined || key.actions === null)
    return { obstacle: `Drydock cannot write a key of this kind to ${key.target} anew.` };
  if (source.rule.flag === null)
    return { obstacle: `Rows of ${key.target} are kept whole, and are no rows of the unified table.` };
  const parts: RepointedPart[] = [];
  for (const [at, name] of key.targetColumns.entries()) {
    const named = source.columns.find((column) => column.name === name);
    const unified = named === undefined ? null : verbatim(named);
    if (named === undefined || unified === null)
      return { obstacle: `It names ${key.target}.${name}, which the unified table does not keep as it is.` };
    const pointer = key.columns[at] as string;
    parts.push({ pointer, named, unified, folded: foldedColumn(source.rule, name) });
  }
  return { key, source, parts };
}

/** The unified column that has a legacy column's values, as they are and of the same type. */
function verbatim({ home, type }: BoundColumn): string | null {
  if (home.kind === 'id') return 'id';
  return home.kind === 'own' && home.stored === type.base ? home.target : null;
}

export function repointables(phase: Phase, keys: readonly ForeignKey[]): Repointable[] {
  return keys.flatMap((key) => {
    const found = repointable(phase, key);
    return 'obstacle' in found ? [] : [found];
  });
}

/**
 * The unique index of the unified table that a key needs; null where the primary key does. It cannot be a constraint that is
 * checked later: no foreign key may name such a one. So while it is there and rows are still merged, two rows cannot change
 * their places in one statement, and it is built as late as it can be.
 */
export function neededIndex({ parts }: Repointable, { unified }: Targets): ConcurrentIndex | null {
  const columns = parts.map((part) => part.unified);
  if (columns.length === 1 && columns[0] === 'id') return null;
  return {
    schema: unified.schema,
    name: generatedName(unified.name, ...columns, 'key'),
    table: unified.name,
    on: `(${columns.map(ident).join(', ')})`,
    isUnique: true,
  };
}
