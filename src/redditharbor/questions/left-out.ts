import type { LeftOut } from '../../project/questions.js';

/** A question whose tables are not all there. */
export function lacks(named: Omit<LeftOut, 'reason'>, tables: string): LeftOut {
  return { ...named, reason: `It is asked of ${tables}, and not all of them are there.` };
}
