import { literal } from '../../db/identifier.js';
import { vocabulary } from '../../mapping/conversions/vocabulary.js';
import type { ConversionFor } from '../../mapping/mapping.js';

/** The unified statuses, and the raw ones that become each. */
export const MEANINGS = {
  discovered: ['identified', 'discovered', 'pending'],
  ai_enriched: ['scored', 'completed', 'ai_enriched'],
  validated: ['validated', 'built'],
  archived: ['rejected', 'failed', 'archived'],
} as const;

export type UnifiedStatus = keyof typeof MEANINGS;

export const UNIFIED_STATUSES = Object.keys(MEANINGS) as UnifiedStatus[];

/** Any other status becomes this one; the plan names it, the residue keeps it. */
export const OTHERWISE: UnifiedStatus = 'discovered';

export const KNOWN_STATUSES: readonly string[] = Object.values(MEANINGS).flat();

export const STATUS_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries(MEANINGS).flatMap(([unified, raw]) => raw.map((word) => [word, unified] as const)),
);

/** @param usual the raw word that this table's applications nearly always wrote for each unified status */
export function statusOf(usual: Readonly<Record<UnifiedStatus, string>>): ConversionFor {
  const rule = vocabulary(STATUS_WORDS, OTHERWISE, usual);
  return (column, shape) => (['S', 'E'].includes(column.type.category) ? rule(column, shape) : null);
}

/** The unified status that a raw one becomes. */
export function unifiedStatus(raw: string): string {
  return STATUS_WORDS.get(raw) ?? OTHERWISE;
}

/** SQL: the same of an expression of any type of text. A cast would cut the blanks of char(n), which a merge sees. */
export function unifiedStatusSql(raw: string): string {
  const cases = [...STATUS_WORDS].map(([word, unified]) => `when ${literal(word)} then ${literal(unified)}`);
  return `(case concat(${raw}) collate "C" ${cases.join(' ')} else ${literal(OTHERWISE)} end)`;
}
