import type pg from 'pg';
import { typeSql } from '../consolidation/golden-ddl.js';
import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { type ConsolidationModel, type GoldenModel, goldenOf, isComputed } from '../declare/model.js';
import { residueKey } from '../mapping/restore.js';
import type { ConversionTrial } from '../reports/check.js';
import { accepted } from './generated-rows.js';
import type { Stage } from './try-world.js';
import { candidatesFor } from './values.js';
import { type GoldenPools, unifiedName, type Write } from './writes.js';

/** Values that the shared columns of a consolidation take. */
export async function goldenPools(session: Session, model: ConsolidationModel): Promise<GoldenPools> {
  const pools = new Map<string, readonly string[]>();
  for (const golden of goldenOf(model)) {
    const values = golden.words ?? candidatesFor(kindOf(golden));
    if (golden.type !== 'other')
      pools.set(golden.name, await accepted(session, typeSql(golden.type), values));
  }
  return pools;
}

const CATEGORIES: Readonly<
  Record<GoldenModel['type'], { readonly category: string; readonly kind: string }>
> = {
  text: { category: 'S', kind: 'text' },
  integer: { category: 'N', kind: 'int4' },
  bigint: { category: 'N', kind: 'int8' },
  numeric: { category: 'N', kind: 'numeric' },
  score: { category: 'N', kind: 'numeric' },
  boolean: { category: 'B', kind: 'bool' },
  date: { category: 'D', kind: 'date' },
  timestamptz: { category: 'D', kind: 'timestamptz' },
  timestamp: { category: 'D', kind: 'timestamp' },
  uuid: { category: 'U', kind: 'uuid' },
  jsonb: { category: 'U', kind: 'jsonb' },
  list: { category: 'U', kind: 'list' },
  other: { category: 'U', kind: 'other' },
};

const kindOf = ({ type }: GoldenModel) => CATEGORIES[type];

const MOST_SHOWN = 6;

/** How the values of each giver came back from the unified table, where every value has a row of its own. */
export async function conversionTrials(client: pg.Client, stage: Stage): Promise<ConversionTrial[]> {
  const { model, sources, schema } = stage;
  const trials: ConversionTrial[] = [];
  for (const { name, givers } of goldenOf(model))
    for (const { table, column } of givers.filter((giver) => !isComputed(giver))) {
      const one = sources.find(({ source }) => source.table === table);
      const bound = one?.bound.columns.find((found) => found.name === column);
      if (one === undefined || bound === undefined || one.bound.rule.flag === null) continue;
      const { flag } = one.source;
      const key = literal(residueKey(one.bound.rule, column));
      const unified = `${unifiedName(schema, model)} u where u.${ident(flag)}`;
      const { rows } = await client.query<{ exact: string; kept: string[] | null }>(
        bound.home.kind === 'own'
          ? // At home in a column of its own, whatever it gives.
            `select count(distinct u.${ident(bound.home.target)}::text) as exact, null as kept from ${unified}`
          : `select count(distinct u.${ident(name)}::text) filter (where not coalesce(u.residue ? ${key}, false)) as exact,
               array_agg(distinct u.residue ->> ${key}) filter (where u.residue ->> ${key} is not null) as kept from ${unified}`,
      );
      const [row] = rows;
      trials.push({
        phase: model.name,
        column: name,
        table,
        from: column,
        values: Number(row?.exact ?? 0) + (row?.kept ?? []).length,
        exact: Number(row?.exact ?? 0),
        residue: [...(row?.kept ?? [])]
          .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
          .slice(0, MOST_SHOWN),
        back: { taken: 0, refused: 0 },
      });
    }
  return trials;
}

/** The same with what became of the values that were written directly. */
export function withWrites(
  trials: readonly ConversionTrial[],
  writes: readonly Write[],
  taken: ReadonlySet<Write>,
): ConversionTrial[] {
  return trials.map((trial) => {
    const its = writes.filter(({ table, column }) => table === trial.table && column === trial.column);
    const held = its.filter((write) => taken.has(write)).length;
    return { ...trial, back: { taken: held, refused: its.length - held } };
  });
}
