import { qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { type CatalogTable, columnOf, readTable } from '../legacy/catalog.js';
import type { BoundSource } from '../mapping/bind.js';
import type { BoundColumn } from '../mapping/mapping.js';
import type { Phase } from '../mapping/phase.js';
import type { ReferrerRule } from '../mapping/referrer.js';

/** Rows of a source, as a referrer names them. */
export interface NamedRows {
  /** The word that means the source; null: there is no type. */
  readonly word: string | null;
  readonly source: BoundSource;
  /** The columns that tell its rows apart, in the order of the referrer's. */
  readonly identity: readonly BoundColumn[];
}

/** A referrer whose table is there. */
export interface BoundReferrer {
  readonly rule: ReferrerRule;
  readonly table: CatalogTable;
  /** Quoted, for statements. */
  readonly qualified: string;
  readonly named: readonly NamedRows[];
}

/** A referrer that cannot be followed as it is declared, and why, as a sentence. */
export interface UnboundReferrer {
  readonly rule: ReferrerRule;
  readonly obstacle: string;
}

/** The referrers of a phase, as they are found. A source that is not in the database is named by none. */
export async function bindReferrers(
  session: Session,
  { schema, bound }: Pick<Phase, 'schema' | 'bound'>,
): Promise<(BoundReferrer | UnboundReferrer)[]> {
  const found: (BoundReferrer | UnboundReferrer)[] = [];
  for (const rule of bound.mapping.referrers ?? []) {
    const table = await readTable(session, rule.schema ?? schema, rule.table);
    const obstacle = obstacleOf(rule, table);
    if (table === undefined || obstacle !== null) {
      found.push({ rule, obstacle: obstacle ?? '' });
      continue;
    }
    const named = [...rule.names].flatMap(([word, name]): NamedRows[] => {
      const source = bound.sources.find((one) => one.rule.table === name);
      if (source === undefined) return [];
      const identity = source.rule.identity.flatMap(
        (column) => source.columns.find((one) => one.name === column) ?? [],
      );
      return [{ word: rule.type === null ? null : word, source, identity }];
    });
    found.push({ rule, table, qualified: qualified(table.schema, table.name), named });
  }
  return found;
}

function obstacleOf(rule: ReferrerRule, table: CatalogTable | undefined): string | null {
  if (table === undefined) return 'There is no such table.';
  if (!['r', 'p'].includes(table.kind)) return `It is no table (pg_class.relkind is ${table.kind}).`;
  const columns = [...rule.columns, ...(rule.type === null ? [] : [rule.type])];
  const missing = columns.filter((name) => columnOf(table, name) === undefined);
  return missing.length === 0 ? null : `It has no column ${missing.join(', ')}, which the declaration names.`;
}

/** The name of a referrer, for a person. */
export function nameOfReferrer({ table, columns, type }: ReferrerRule): string {
  return `${table} (${[...(type === null ? [] : [type]), ...columns].join(', ')})`;
}
