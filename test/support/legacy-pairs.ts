import type pg from 'pg';
import type { LegacyMixture } from '../../fixtures/mixture.js';
import { unifiedTables } from '../../fixtures/schema/extras.js';
import { schemaNames } from '../../fixtures/schema/names.js';
import { ident, qualified } from '../../src/db/identifier.js';

/** A legacy table and the view that gives it back; names are quoted. */
export interface Pair {
  readonly name: string;
  readonly table: string;
  readonly view: string;
}

/** The pairs of a mixture. */
export function pairsOf(mixture: LegacyMixture): Pair[] {
  return unifiedTables(mixture).map((name) => ({
    name,
    table: schemaNames(mixture).table(name),
    view: qualified(mixture.schema, `${name}_legacy`),
  }));
}

/**
 * Asks Postgres itself, without any code of ours, whether table and view are equal: as sets of rows with
 * duplicates, the same as text, and in their columns. Gives a line for each way in which a pair is not.
 */
export async function inequalities(
  client: Pick<pg.Client, 'query'>,
  pairs: readonly Pair[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { name, table, view } of pairs) {
    const columns = await columnsOf(client, table);
    const inView = await columnsOf(client, view);
    if (JSON.stringify(inView) !== JSON.stringify(columns)) {
      found.push(`${name}: its view has other columns`);
      continue;
    }
    const values = columns.map((column) => (column.comparable ? '' : '::text'));
    const list = columns.map((column, index) => ident(column.name) + values[index]).join(', ');
    const whole = { table: `select x::text from ${table} x`, view: `select x::text from ${view} x` };
    const byValue = { table: `select ${list} from ${table}`, view: `select ${list} from ${view}` };
    for (const [way, sides] of Object.entries({ 'by value': byValue, 'as text': whole })) {
      const { lost, invented } = await differences(client, sides.table, sides.view);
      if (lost !== 0 || invented !== 0)
        found.push(`${name}, compared ${way}: ${lost} rows lost, ${invented} invented`);
    }
  }
  return found;
}

/** Rows of the table that the view lacks, and the other way round: what is in both is there as often on both sides. */
async function differences(client: Pick<pg.Client, 'query'>, table: string, view: string) {
  const { rows } = await client.query<{ lost: number; table: number; view: number }>(
    `select (select count(*)::int from (${table} except all ${view}) d) as lost,
       (select count(*)::int from (${table}) t) as table, (select count(*)::int from (${view}) v) as view`,
  );
  const { lost, table: before, view: after } = rows[0] ?? { lost: Number.NaN, table: 0, view: 0 };
  return { lost, invented: lost + after - before };
}

interface Column {
  readonly name: string;
  readonly type: string;
  /** Whether EXCEPT works on it: json, xml and the geometric types have no equality, aclitem no order. */
  readonly comparable: boolean;
}

/** Names and types in their order. */
async function columnsOf(client: Pick<pg.Client, 'query'>, relation: string): Promise<Column[]> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type
       from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [relation],
  );
  return rows.map(({ name, type }) => ({
    name,
    type,
    comparable:
      !/^(json|jsonpath|xml|aclitem|(?:public\.)?(?:acl|markup|pass)|point|polygon|box|line|path|lseg|circle)(\[\])?$/.test(
        type,
      ),
  }));
}
