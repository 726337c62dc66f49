import type pg from 'pg';

/** A row that one of two relations has more often than the other; null: both hold the same. */
export async function differenceOf(
  client: pg.Client,
  ours: string,
  theirs: string,
): Promise<{ readonly ours: string | null; readonly theirs: string | null } | null> {
  const only = async (a: string, b: string) => {
    const { rows } = await client.query<{ row: string }>(
      `select x.row from (select r::text as row from ${a} r except all select r::text from ${b} r) x order by 1 limit 1`,
    );
    return rows[0]?.row ?? null;
  };
  const [one, other] = [await only(ours, theirs), await only(theirs, ours)];
  return one === null && other === null ? null : { ours: one, theirs: other };
}
