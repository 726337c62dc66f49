import type { Context } from '../context/context.js';
import type { Stop } from '../errors/stop.js';
import type { Phase } from '../mapping/phase.js';

/** Tables that a person may have meant: of the same schema, or of the same name. */
const OTHERS_SQL = `
select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and (n.nspname = $1::text or c.relname = $2::text) and n.nspname !~ '^(?:pg_|information_schema|drydock)'
order by 1, 2`;

/** Sources without which nothing is begun, and that are not there. */
export async function missingTables(
  { project, legacy, schema, entries, session }: Context,
  phases: readonly Phase[],
): Promise<Stop[]> {
  const fresh = phases.filter(({ name }) => !entries.has(name));
  const names = new Set(fresh.flatMap(({ bound }) => bound.mapping.sources.map(({ table }) => table)));
  const missing = project.tables.filter(
    ({ name, isRequired }) => isRequired === true && names.has(name) && !legacy.tables.has(name),
  );
  const stops: Stop[] = [];
  for (const { name, in: home = schema } of missing) {
    const others = await session.query(OTHERS_SQL, [home, name]);
    const like = others
      .filter((other) => isLike(String(other.name), name))
      .map((other) => `${other.schema}.${other.name}`);
    const found = like.length === 0 ? '' : ` There is ${like.join(', ')}.`;
    stops.push({
      code: 'missing-table',
      message: `Source ${home}.${name} is not there.${found}`,
      next: 'Correct its name, or name its schema, in the declaration; or say optional: true where it may be missing: its part stays empty then.',
    });
  }
  return stops;
}

/** Two letters more, less or other are a slip of the pen; so is the case. */
const MOST_SLIPS = 2;

function isLike(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const [up = 0, left = 0, diagonal = 0] = [row[j], next[j - 1], row[j - 1]];
      next.push(Math.min(up + 1, left + 1, diagonal + (isSame ? 0 : 1)));
    }
    row = next;
  }
  return (row[b.length] ?? 0) <= MOST_SLIPS;
}
