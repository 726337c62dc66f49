import { LEGACY_TABLES, type LegacyTableName } from '../../src/redditharbor/tables.js';
import type { Desk, Draft } from './desk.js';
import { CHILDREN } from './tables.js';

export async function insertSubmission(desk: Desk, draft: Draft): Promise<void> {
  const submission = { id: desk.tools.id(), reddit: `w${desk.tools.writer}x${desk.number}` };
  await put(desk, 'submissions', { key: submission.id, parent: null, sub: submission.reddit }, draft);
  draft.effects.push(() => desk.memory.submissions.push(submission));
}

export async function insertRow(desk: Desk, draft: Draft): Promise<void> {
  const table = desk.tools.random.pick(LEGACY_TABLES.slice(1));
  const { id, reddit } = desk.tools.random.pick(desk.memory.submissions);
  const key = desk.tools.id();
  if (table === 'opportunities') {
    const parent = !desk.tools.random.chance(0.1) && (await desk.isThere('submissions', id)) ? id : null;
    await put(desk, table, { key, parent, sub: reddit }, draft);
    draft.effects.push(() => desk.memory.opportunities.push(key));
  } else if (CHILDREN.includes(table)) {
    const parent =
      desk.memory.opportunities.length === 0 ? undefined : desk.tools.random.pick(desk.memory.opportunities);
    if (parent === undefined || !(await desk.isThere('opportunities', parent))) return;
    await put(desk, table, { key, parent, sub: null }, draft);
  } else if (table === 'workflow_results') {
    // One row for an id of Reddit; the others name none that is known.
    const sub = desk.memory.worked.has(reddit) ? `${reddit}-${desk.number}` : reddit;
    desk.memory.worked.add(sub);
    await put(desk, table, { key, parent: null, sub }, draft);
  } else await put(desk, table, { key, parent: null, sub: reddit }, draft);
  draft.effects.push(() => desk.memory.rows.push({ table, key }));
}

/** Inserts a row and enters it. An opportunity goes with no other row: its `parent` is a submission. */
export async function put(
  desk: Desk,
  name: LegacyTableName,
  row: { key: string; parent: string | null; sub: string | null },
  draft: Draft,
): Promise<void> {
  const stamp = desk.stamp;
  await desk.run(draft, name, insertStatement(desk, name), [
    row.key,
    row.parent,
    row.sub,
    stamp,
    desk.number,
  ]);
  await desk.tools.query('insert into afloat.expected values ($1, $2, $3, $4, $5)', [
    name,
    row.key,
    CHILDREN.includes(name) ? row.parent : null,
    row.sub,
    stamp,
  ]);
}

export function insertStatement(desk: Desk, name: LegacyTableName): string {
  const { columns } = desk.tools.tables[name];
  // Every parameter has a place in the statement, whether the table uses it or not.
  return `insert into public.${name} (${Object.keys(columns).join(', ')})
    select ${Object.values(columns).map(typed).join(', ')} from (select $1::text, $2::text, $3::text, $4::text, $5::int) p`;
}

/** Parameters are text, and the number a number, in every place. */
function typed(value: string): string {
  return value
    .replace(/\$([1234])(?!:)/g, '$$$1::text')
    .replace(/\$([1234])::uuid/g, '$$$1::text::uuid')
    .replace(/\$5(?!:)/g, '$$5::int')
    .replace('$5::float8', '$5::int::float8');
}
