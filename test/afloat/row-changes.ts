import type { Desk, Draft } from './desk.js';
import { insertStatement } from './inserts.js';
import { CHILDREN } from './tables.js';

export async function updateChange(desk: Desk, draft: Draft): Promise<void> {
  const { table, key } = desk.tools.random.pick(desk.memory.rows);
  const { key: column, stamp } = desk.tools.tables[table];
  const next = chained(stamp);
  const done = await desk.run(
    draft,
    table,
    `update public.${table} set ${stamp} = ${next} where ${column} = $1${cast(column)}`,
    [key, desk.stamp],
  );
  const due = await desk.tools.query(
    `update afloat.expected set stamp = ${chained('stamp')} where key = $1 and tbl = $3`,
    [key, desk.stamp, table],
  );
  desk.same(done, due, `update of ${table} ${key}`);
}

/** As PostgREST sends it: of a row that is there, or of a new one. */
export async function upsertChange(desk: Desk, draft: Draft): Promise<void> {
  const { table, key } = desk.tools.random.pick(desk.memory.rows);
  const { upsert, stamp } = desk.tools.tables[table];
  if (!upsert || CHILDREN.includes(table) || table === 'submissions') return updateChange(desk, draft);
  const { reddit } = desk.tools.random.pick(desk.memory.submissions);
  const value = desk.stamp;
  const { rowCount } = await desk.tools.query('select from afloat.expected where tbl = $1 and key = $2', [
    table,
    key,
  ]);
  await desk.run(
    draft,
    table,
    `${insertStatement(desk, table)} on conflict (id) do update set ${stamp} = excluded.${stamp}`,
    [key, null, rowCount === 0 ? `${reddit}u${desk.number}` : `${reddit}-${desk.number}`, value, desk.number],
  );
  await desk.tools.query(
    'insert into afloat.expected values ($1, $2, null, null, $3) on conflict (tbl, key) do update set stamp = excluded.stamp',
    [table, key, value],
  );
}

/** To another submission, or another opportunity: the merge key changes. */
export async function moveChange(desk: Desk, draft: Draft): Promise<void> {
  const { table, key } = desk.tools.random.pick(desk.memory.rows);
  const { move, key: column } = desk.tools.tables[table];
  const isChild = CHILDREN.includes(table);
  if (move === null || (isChild && desk.memory.opportunities.length === 0)) return;
  const { id, reddit } = desk.tools.random.pick(desk.memory.submissions);
  const parent = isChild ? desk.tools.random.pick(desk.memory.opportunities) : id;
  if (table === 'opportunities' || isChild) {
    const home = isChild ? 'opportunities' : 'submissions';
    if (!(await desk.isThere(home, parent))) return;
  }
  const values: unknown[] = [key];
  const set = move
    .replace('$2', () => `$${values.push(parent)}`)
    .replace('$3', () => `$${values.push(reddit)}::text`);
  const done = await desk.run(
    draft,
    table,
    `update public.${table} set ${set} where ${column} = ${column === 'id' ? '$1::text::uuid' : '$1::text'}`,
    values,
  );
  const due = await desk.tools.query(
    'update afloat.expected set parent = $3, sub = coalesce($4, sub) where tbl = $1 and key = $2',
    [table, key, isChild ? parent : null, table === 'app_opportunities' ? reddit : null],
  );
  desk.same(done, due, `move of ${table} ${key}`);
}

/** Gives a submission another id of Reddit: what named it by the old one is without a submission now. */
export async function renameChange(desk: Desk, draft: Draft): Promise<void> {
  const submission = desk.tools.random.pick(desk.memory.submissions);
  const reddit = `w${desk.tools.writer}r${desk.number}`;
  const done = await desk.run(
    draft,
    'submissions',
    'update public.submissions set submission_id = $2 where id = $1::uuid',
    [submission.id, reddit],
  );
  const due = await desk.tools.query(
    `update afloat.expected set sub = $2 where tbl = 'submissions' and key = $1`,
    [submission.id, reddit],
  );
  desk.same(done, due, `rename of submission ${submission.id}`);
  draft.effects.push(() => {
    submission.reddit = reddit;
  });
}

export async function deleteChange(desk: Desk, draft: Draft): Promise<void> {
  const isSubmission = desk.tools.random.chance(0.08) && desk.memory.submissions.length > 8;
  const { table, key } = isSubmission
    ? { table: 'submissions' as const, key: desk.tools.random.pick(desk.memory.submissions).id }
    : desk.tools.random.pick(desk.memory.rows);
  const { key: column } = desk.tools.tables[table];
  const done = await desk.run(
    draft,
    table,
    `delete from public.${table} where ${column} = $1${cast(column)}`,
    [key],
  );
  const due = await desk.tools.query('delete from afloat.expected where tbl = $1 and key = $2', [table, key]);
  desk.same(done, due, `delete of ${table} ${key}`);
  if (table === 'opportunities') {
    await desk.tools.query('delete from afloat.expected where parent = $1', [key]);
    await desk.tools.query('delete from afloat.direct where id = $1::uuid', [key]);
  }
  draft.effects.push(() => desk.memory.forget(table, key));
}

/** A stamp with one more change: a lost one, and one that was done twice, can be read from it. */
function chained(column: string): string {
  return `case when length(${column}) > 100 then $2::text else ${column} || '+' || $2::text end`;
}

function cast(column: string): string {
  return column === 'id' ? '::uuid' : '::text';
}
