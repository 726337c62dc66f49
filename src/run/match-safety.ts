import type { Session } from '../db/session.js';
import { fromClause } from '../mapping/keyed-source.js';
import type { Matching, Phase } from '../mapping/phase.js';
import type { MatchPlan, Stop } from '../reports/plan.js';

/**
 * A lossless consolidation can still join the wrong rows, and the hashes are equal all the same. So a plan shows by which step
 * how many rows found their key, how large the groups are, and the largest of them with rows to look at.
 */

/** Upper bounds of the classes of group sizes; what is beyond the last one is a class of its own. */
const SIZES = [1, 2, 3, 5, 10, 20, 50, 100, 1_000] as const;
const MOST_GROUPS = 5;
const MOST_ROWS = 3;

export async function matchPlan(session: Session, phase: Phase): Promise<MatchPlan | null> {
  const { matching } = phase;
  if (matching === undefined) return null;
  const ladders: MatchPlan['ladders'][number][] = [];
  for (const [at, keyed] of phase.keyed.entries()) {
    const steps = matching.ladders[at] ?? [];
    const cases = steps.map(({ key }, step) => `when (${key}) is not null then ${step}`);
    const rows = await session.query(
      `${keyed.with} select step, count(*) as rows from (select case ${cases.join(' ')} end as step from ${fromClause(keyed)}) k group by 1 order by 1`,
    );
    const counts = new Map(rows.map((row) => [Number(row.step), Number(row.rows)]));
    ladders.push({
      table: keyed.source.rule.table,
      steps: steps.map(({ name }, step) => ({ step: name, rows: counts.get(step) ?? 0 })),
    });
  }
  const classes = `width_bucket(g.n, array[${SIZES.map((size) => size + 1).join(', ')}]::bigint[])`;
  const sizes = await session.query(
    `select ${classes} as class, count(*) as keys from (${groups(phase)}) g group by 1 order by 1`,
  );
  return {
    ladders,
    groups: sizes.map((row) => ({ ...sizeClass(Number(row.class)), keys: Number(row.keys) })),
    largest: await largest(session, phase, matching, 1),
  };
}

/** Groups that are too large to be one thing, for a person to look at. */
export async function largeGroups(session: Session, phase: Phase): Promise<Stop[]> {
  const { matching } = phase;
  if (matching === undefined) return [];
  const found = await largest(session, phase, matching, matching.largestGroup);
  return found.map(({ rows, examples }) => ({
    code: 'large-group',
    message: `${rows} rows share one match key of phase ${phase.name}, more than the ${matching.largestGroup} that may: among them ${examples.join('; ')}.`,
    next: 'Except the value from its key with .none([...]), or raise largestGroup in the declaration where so many rows are one thing.',
  }));
}

/** The keys of all rows of a phase, with how many have them. */
function groups({ keyed }: Phase): string {
  const keys = keyed.map((one) => `select ${one.key} as merge_key from ${fromClause(one)}`);
  return `${keyed[0]?.with ?? ''} select k.merge_key, count(*) as n from (${keys.join(' union all ')}) k group by 1`;
}

async function largest(
  session: Session,
  phase: Phase,
  matching: Matching,
  above: number,
): Promise<MatchPlan['largest'][number][]> {
  const rows = await session.query(
    `select g.merge_key, g.n from (${groups(phase)}) g where g.n > ${above} order by g.n desc, g.merge_key limit ${MOST_GROUPS}`,
  );
  const found: MatchPlan['largest'][number][] = [];
  for (const row of rows) {
    const examples: string[] = [];
    for (const [at, keyed] of phase.keyed.entries()) {
      const named = await session.query(
        `${keyed.with} select k.id from (select ${keyed.key} as merge_key, ${matching.identities[at]} as id from ${fromClause(keyed)}) k
         where k.merge_key = $1::text::uuid order by 1 limit ${MOST_ROWS}`,
        [String(row.merge_key)],
      );
      examples.push(...named.map(({ id }) => `${keyed.source.rule.table} ${id}`));
    }
    found.push({ key: String(row.merge_key), rows: Number(row.n), examples });
  }
  return found;
}

function sizeClass(at: number): { readonly from: number; readonly to: number | null } {
  return { from: at === 0 ? 1 : (SIZES[at - 1] as number) + 1, to: SIZES[at] ?? null };
}
