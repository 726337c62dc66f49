/** What `--shape` may be: both generations of the legacy schema, the second one with dlt's table, or a mixture. */
export const SHAPES = ['A', 'B', 'dlt', 'mixed'] as const;
export type Shape = (typeof SHAPES)[number];
