import { ident, literal } from '../db/identifier.js';
import type { GoldenModel, GoldenType } from '../declare/model.js';

/** Type and constraints of a golden column. */
export function goldenDdl({ name, type, sqlType, words, otherwise }: GoldenModel): string {
  const checks = [
    ...(type === 'score' ? [`${ident(name)} between 0 and 100`] : []),
    ...(words === null ? [] : [`${ident(name)} in (${words.map((word) => literal(word)).join(', ')})`]),
  ];
  return [
    sqlType ?? typeSql(type),
    ...(otherwise === null ? [] : ['not null']),
    ...(checks.length === 0 ? [] : [`check (${checks.join(' and ')})`]),
  ].join(' ');
}

/** The name of a golden type in SQL. */
export function typeSql(type: GoldenType): string {
  if (type === 'list') return 'jsonb';
  return type === 'score' ? 'numeric(5,2)' : type;
}
