import type { Session } from '../../db/session.js';
import { readTables } from '../../legacy/catalog.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import { phaseDefinitions } from '../phases.js';
import { type EnhancementIndex, indexesFor } from './indexes.js';
import { hasUsage, type UsageTable } from './llm-usage.js';
import { type Metrics, metricsOf } from './metrics.js';
import { type MaterializedView, viewsOf } from './views.js';

/** What can be built on what was unified, bound to a database. */
export interface Enhancements {
  readonly schema: string;
  /** Null without submissions, which they are about. */
  readonly metrics: Metrics | null;
  readonly indexes: readonly EnhancementIndex[];
  readonly views: readonly MaterializedView[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** The queries by name: what must not change between two runs that share a ledger. */
  readonly configuration: Readonly<Record<string, string>>;
}

/** Tables that Drydock only reads, and that may have columns about language models. */
const OTHERS = ['comments'] as const;

export async function bindEnhancements(session: Session, legacy: LegacyDatabase): Promise<Enhancements> {
  const { schema } = legacy;
  const submissions = legacy.tables.get('submissions');
  const metrics = submissions === undefined ? null : metricsOf(schema, submissions);
  const indexes = indexesFor(legacy);
  const { views, leftOut } = viewsOf(legacy, await usageTables(session, legacy));
  return {
    schema,
    metrics,
    indexes,
    views,
    leftOut: [
      ...(metrics === null ? [{ name: 'submission_metrics', reason: 'there is no table submissions' }] : []),
      ...leftOut,
    ],
    configuration: Object.fromEntries([
      ...(metrics === null ? [] : [['submission_metrics', metrics.query] as const]),
      ...views.map(({ name, query }) => [name, query] as const),
      ...indexes.map(({ name, table, on }) => [name, `${table} ${on}`] as const),
    ]),
  };
}

/** The tables that have columns about language models. */
export async function usageTables(session: Session, legacy: LegacyDatabase): Promise<UsageTable[]> {
  const unifiedNames = phaseDefinitions().flatMap(({ mapping }) => mapping.sources.map(({ table }) => table));
  const found: UsageTable[] = unifiedNames.flatMap((name) => {
    const table = legacy.tables.get(name);
    return table === undefined ? [] : [{ table, unified: true }];
  });
  const submissions = legacy.tables.get('submissions');
  if (submissions !== undefined) found.push({ table: submissions, unified: false });
  const others = await readTables(
    session,
    OTHERS.map((name) => ({ schema: legacy.schema, name })),
  );
  for (const name of OTHERS) {
    const table = others.find((other) => other.name === name);
    if (table?.canSelect === true) found.push({ table, unified: false });
  }
  return found.filter(hasUsage);
}
