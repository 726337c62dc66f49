import { goldenOf } from '../../declare/model.js';
import type { LegacyTable } from '../../legacy/detect.js';
import { opportunitiesDeclaration } from '../opportunities.js';

/** Rules of the declaration of opportunities that the questions of `bench` ask in SQL of their own. */

const { sources, columns } = opportunitiesDeclaration.model;

const times = (kind: 'created' | 'updated') => [...new Set(sources.flatMap((source) => source.times[kind]))];
/** Columns that say when a row of any of the three tables was made, and when it was last reviewed or updated. */
export const CREATED = times('created');
export const UPDATED = times('updated');

/** Places of what is extracted beside a row, behind its key. */
export const EXTRA = { known: 1, title: 2, submittedAt: 3, namedOpportunity: 4 } as const;

const status = goldenOf({ columns }).find(({ name }) => name === 'status');
const conversion = status?.givers[0]?.conversion;
if (conversion?.kind !== 'words') throw new Error('status has no words');

/** Any other status becomes this one. */
export const OTHERWISE = conversion.otherwise ?? '';
export const STATUS_WORDS = conversion.words;
export const KNOWN_STATUSES = [...STATUS_WORDS.keys()];
export const UNIFIED_STATUSES = status?.words ?? [];

/** The unified statuses, and the raw ones that become each. */
export const MEANINGS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  UNIFIED_STATUSES.map((word) => [word, KNOWN_STATUSES.filter((raw) => STATUS_WORDS.get(raw) === word)]),
);

/** Columns by which rows of `opportunities` may name their submission by its uuid: the first that is there counts. */
export function submissionPointers({ shape }: Pick<LegacyTable, 'shape'>): readonly string[] {
  const variant = sources[0]?.variants.find(({ name }) => name === shape.name);
  const step = variant?.match?.[0];
  return step?.kind === 'resolve' ? step.ids : [];
}
