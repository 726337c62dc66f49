import type { Session } from '../../db/session.js';
import { readTables } from '../../legacy/catalog.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import type { Derived } from '../../project/derived.js';
import { consolidations } from '../phases.js';
import { indexesFor } from './indexes.js';
import { hasUsage, type UsageTable } from './llm-usage.js';
import { countsOf, METRICS_VIEW, metricsOf } from './metrics.js';
import { BASES, viewsOf } from './views.js';

/** Tables that Drydock only reads, and that may have columns about language models. */
const OTHERS = ['comments'] as const;

/** What can be built on what was unified, bound to a database. The metrics are about submissions: without them there are none. */
export async function bindEnhancements(session: Session, legacy: LegacyDatabase): Promise<Derived> {
  const { schema } = legacy;
  const submissions = legacy.tables.get('submissions');
  const metrics = submissions === undefined ? null : metricsOf(schema, submissions);
  const indexes = indexesFor(legacy);
  const { views, leftOut } = viewsOf(legacy, await usageTables(session, legacy));
  return {
    schema,
    counts: metrics === null ? null : countsOf(metrics),
    bases: BASES,
    indexes,
    views,
    leftOut: [
      ...(metrics === null ? [{ name: METRICS_VIEW, reason: 'there is no table submissions' }] : []),
      ...leftOut,
    ],
    configuration: Object.fromEntries([
      ...(metrics === null ? [] : [[METRICS_VIEW, metrics.query] as const]),
      ...views.map(({ name, query }) => [name, query] as const),
      ...indexes.map(({ name, table, on }) => [name, `${table} ${on}`] as const),
    ]),
  };
}

/** The tables that have columns about language models. */
export async function usageTables(session: Session, legacy: LegacyDatabase): Promise<UsageTable[]> {
  const unifiedNames = consolidations.flatMap(({ mapping }) => mapping.sources.map(({ table }) => table));
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
