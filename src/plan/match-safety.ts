import type { Session } from '../db/session.js';
import type { Stop } from '../errors/stop.js';
import { fromClause } from '../mapping/keyed-source.js';
import type { Matching, Phase } from '../mapping/phase.js';
import type { MatchPlan } from '../reports/plan.js';

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
  const { classes, largest } = await groupsOf(session, phase, matching, 1);
  return { ladders, groups: classes, parted: (await partedRows(session, phase)).keys, largest };
}

/** Groups that are too large to be one thing, for a person to look at. */
export async function largeGroups(session: Session, phase: Phase): Promise<Stop[]> {
  const { matching } = phase;
  if (matching === undefined) return [];
  const { largest } = await groupsOf(session, phase, matching, matching.largestGroup);
  return largest.map(({ rows, examples }) => ({
    code: 'large-group',
    message: `${rows} rows share one match key of phase ${phase.name}, more than the ${matching.largestGroup} that may: among them ${examples.join('; ')}.`,
    next: 'Except the value from its key with .none([...]), or raise largestGroup in the declaration where so many rows are one thing.',
  }));
}

/** How many keys have how many rows, and the largest groups of more than so many. The keys of all rows are worked out once. */
async function groupsOf(
  session: Session,
  phase: Phase,
  matching: Matching,
  above: number,
): Promise<{
  readonly classes: MatchPlan['groups'];
  readonly largest: MatchPlan['largest'];
}> {
  const { keyed } = phase;
  if (keyed.length === 0) return { classes: [], largest: [] };
  const keys = keyed.map((one) => `select ${one.key} as merge_key from ${fromClause(one)}`);
  const bounds = SIZES.map((size) => size + 1).join(', ');
  const rows = await session.query(
    `${keyed[0]?.with ?? ''} select g.class, g.merge_key, g.n from (
       with g as materialized (select k.merge_key, count(*) as n from (${keys.join(' union all ')}) k group by 1)
       select width_bucket(g.n, array[${bounds}]::bigint[]) as class, null::uuid as merge_key, count(*) as n from g group by 1
       union all
       (select null, g.merge_key, g.n from g where g.n > ${above} order by g.n desc, g.merge_key limit ${MOST_GROUPS})
     ) g order by g.class, g.n desc, g.merge_key`,
  );
  const large = rows.filter(({ merge_key }) => merge_key != null);
  const examples = await examplesOf(
    session,
    phase,
    matching,
    large.map(({ merge_key }) => String(merge_key)),
  );
  return {
    classes: rows
      .filter(({ merge_key }) => merge_key == null)
      .map((row) => ({ ...sizeClass(Number(row.class)), keys: Number(row.n) })),
    largest: large.map((row) => {
      const key = String(row.merge_key);
      return { key, rows: Number(row.n), examples: examples.get(key) ?? [] };
    }),
  };
}

/**
 * What a veto keeps apart: of how many keys, and how many rows of each source, in the order of the keyed ones, are left over
 * when each thing has one.
 */
export async function partedRows(
  session: Session,
  { keyed, matching }: Phase,
): Promise<{ readonly keys: number; readonly duplicates: readonly number[] | null }> {
  const vetoes = matching?.vetoes ?? null;
  if (vetoes === null) return { keys: 0, duplicates: null };
  const rows = keyed.map(
    (one, at) =>
      `select ${at} as source, ${one.key} as merge_key, ${vetoes[at]} as veto from ${fromClause(one)}`,
  );
  const found = await session.query(
    `${keyed[0]?.with ?? ''} select g.source, g.n, g.keys from (
       with k as materialized (${rows.join(' union all ')}),
         parted as (select k.merge_key from k group by 1 having count(distinct k.veto) > 1)
       select k.source, count(*) - count(distinct (k.merge_key, case when p.merge_key is not null then k.veto end)) as n,
         (select count(*) from parted) as keys
       from k left join parted p on p.merge_key = k.merge_key group by 1
     ) g`,
  );
  const bySource = new Map(found.map((row) => [Number(row.source), Number(row.n)]));
  return { keys: Number(found[0]?.keys ?? 0), duplicates: keyed.map((_, at) => bySource.get(at) ?? 0) };
}

/** Some rows of each key, by source and identity. */
async function examplesOf(
  session: Session,
  { keyed }: Phase,
  { identities }: Matching,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>(keys.map((key) => [key, []]));
  if (keys.length === 0) return found;
  for (const [at, one] of keyed.entries()) {
    const rows = await session.query(
      `${one.with} select x.merge_key, x.id from (
         select k.merge_key, k.id, row_number() over (partition by k.merge_key order by k.id collate "C") as place
         from (select ${one.key} as merge_key, (${identities[at]})::text as id from ${fromClause(one)}) k
         where k.merge_key = any ($1::text::uuid[])
       ) x where x.place <= ${MOST_ROWS} order by 1, x.place`,
      [`{${keys.join(',')}}`],
    );
    for (const { merge_key, id } of rows)
      found.get(String(merge_key))?.push(`${one.source.rule.table} ${id}`);
  }
  return found;
}

function sizeClass(at: number): { readonly from: number; readonly to: number | null } {
  return { from: at === 0 ? 1 : (SIZES[at - 1] as number) + 1, to: SIZES[at] ?? null };
}
