import { ident, literal, qualified } from '../../db/identifier.js';
import { type CatalogTable, columnOf } from '../../legacy/catalog.js';
import { viewName } from '../../mapping/targets.js';
import { isMoment } from '../../transform/timestamps.js';
import { firstColumn, isNumber, keyText } from './columns.js';

/** A table in which an application may have written down what its calls of language models cost. */
export interface UsageTable {
  readonly table: Pick<CatalogTable, 'schema' | 'name' | 'columns'>;
  /** Unified: read through its legacy view, which has the folded rows too and outlasts the table. */
  readonly unified: boolean;
}

/** Names that later migrations gave to such columns, the most telling first. */
const MODEL = ['llm_model_used', 'llm_model', 'model_used', 'ai_model', 'model_name'];
const COST = ['llm_total_cost_usd', 'llm_cost_usd', 'total_cost_usd', 'cost_usd'];
const LATENCY = ['llm_latency_ms', 'latency_ms'];
const TIME = [
  'llm_timestamp',
  'analyzed_at',
  'processed_at',
  'calculated_at',
  'validation_date',
  'score_date',
  'created_at',
  'updated_at',
];

/**
 * The query of cost and latency per day and model, over all tables that have a column for either and one that says
 * when; null where there is none.
 */
export function usageQuery(schema: string, tables: readonly UsageTable[]): string | null {
  const parts = tables.flatMap((table) => usageOf(schema, table) ?? []);
  if (parts.length === 0) return null;
  return `select r.day, r.model, count(*) as calls, sum(r.cost_usd) as cost_usd,
  avg(r.latency_ms) as avg_latency_ms, max(r.latency_ms) as max_latency_ms
from (
${parts.join('\nunion all\n')}
) r where r.day is not null group by r.day, r.model`;
}

export function hasUsage({ table }: UsageTable): boolean {
  return usageOf('', { table, unified: false }) !== null;
}

function usageOf(schema: string, { table, unified }: UsageTable): string | null {
  const cost = firstColumn(table, COST, isNumber);
  const latency = firstColumn(table, LATENCY, isNumber);
  const times = TIME.filter((name) => isMoment(columnOf(table, name)?.type.kind ?? ''));
  if ((cost === undefined && latency === undefined) || times.length === 0) return null;
  const model = firstColumn(table, MODEL, ({ category }) => category === 'S' || category === 'E');
  const text = model === undefined ? literal('') : keyText(`t.${ident(model)}::text`);
  const number = (column: string | undefined) =>
    column === undefined ? 'null' : `t.${ident(column)}::numeric`;
  const from = unified ? qualified(schema, viewName(table.name)) : qualified(table.schema, table.name);
  return `  select coalesce(${times.map((time) => dayOf(table, time)).join(', ')}) as day, ${text} as model,
    ${number(cost)}::numeric as cost_usd, ${number(latency)}::numeric as latency_ms
  from ${from} t
  where coalesce(${number(cost)}, ${number(latency)}) is not null`;
}

/** Days are those of UTC, whatever the session is set to. */
function dayOf(table: UsageTable['table'], time: string): string {
  const zoned = columnOf(table, time)?.type.kind === 'timestamptz';
  return zoned ? `(t.${ident(time)} at time zone 'UTC')::date` : `t.${ident(time)}::date`;
}
