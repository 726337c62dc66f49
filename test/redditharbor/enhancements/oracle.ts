import type pg from 'pg';

/** What is wrong with the metrics, counted by a query of its own in one snapshot. */
export async function metricsProblems(client: pg.Client): Promise<unknown[]> {
  const { rows } = await client.query(`
    with fresh as (
      select s.id,
        (select count(*) from public.opportunities_unified u where u.submission_id = s.id) as n,
        (select avg(u.trust_score) from public.opportunities_unified u where u.submission_id = s.id) as trust
      from public.submissions s
    )
    select f.id, m.submission_id, f.n, m.opportunity_count, f.trust, m.trust_score_avg
    from fresh f full join public.submission_metrics m on m.submission_id = f.id
    where f.id is distinct from m.submission_id or f.n is distinct from m.opportunity_count
      or f.trust is distinct from m.trust_score_avg
    limit 5`);
  return rows;
}
