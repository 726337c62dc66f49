import type { Session } from '../db/session.js';
import type { InvariantSpec } from '../mapping/phase.js';
import type { Target } from '../mapping/targets.js';
import type { Invariant } from '../reports/verify.js';
import type { SnapshotPair } from './whole-sides.js';

/** Checks what must hold of our tables, over both sessions; what every row shows by itself in one pass. */
export async function checkInvariants(
  sessions: SnapshotPair,
  specs: readonly InvariantSpec[],
  unified: Target,
): Promise<Invariant[]> {
  const violations: (string | null | undefined)[] = [];
  const ofRows = specs.flatMap((spec, index) => ('broken' in spec ? [{ index, broken: spec.broken }] : []));
  const checks = specs.flatMap((spec, index) =>
    'violations' in spec
      ? [
          async (session: Session) => {
            violations[index] = (await session.one(spec.violations)).n;
          },
        ]
      : [],
  );
  if (ofRows.length > 0) {
    checks.unshift(async (session) => {
      const counts = ofRows.map(({ index, broken }) => `count(*) filter (where ${broken}) as n${index}`);
      const row = await session.one(`select ${counts.join(', ')} from ${unified.qualified} u`);
      for (const { index } of ofRows) violations[index] = row[`n${index}`];
    });
  }
  const work = async (session: Session) => {
    for (let check = checks.shift(); check !== undefined; check = checks.shift()) await check(session);
  };
  await Promise.all([work(sessions.legacy), work(sessions.unified)]);
  return specs.map(({ name }, index) => {
    const n = violations[index];
    return { name, ok: n === '0', detail: n === '0' ? '' : `${n} rows break it` };
  });
}
