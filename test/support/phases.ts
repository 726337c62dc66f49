/** RedditHarbor's phases, which most tests work with. */
export const UNIFYING_PHASES = ['opportunities', 'assessments'] as const;
export type UnifyingPhaseName = (typeof UNIFYING_PHASES)[number];

export const PHASES = [...UNIFYING_PHASES, 'enhancements'] as const;
