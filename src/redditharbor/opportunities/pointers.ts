import type { LegacyTable } from '../../legacy/detect.js';

const A = 'submission_id';
const B = 'identified_from_submission_id';

/**
 * Columns by which rows of `opportunities` may name their submission by its uuid. The first that is there counts: in a
 * table with both, that of its shape is the one which its applications fill, and the other one was added.
 */
export function submissionPointers({ shape }: Pick<LegacyTable, 'shape'>): readonly [string, string] {
  return shape.name === 'A' ? [A, B] : [B, A];
}
