import { qualified } from '../../db/identifier.js';
import { NoRowError } from '../../db/no-row.js';
import type { LegacyTable } from '../../legacy/detect.js';
import { viewName } from '../../mapping/targets.js';
import type { Asked, Statement } from '../../project/questions.js';
import type { LegacyTableName } from '../tables.js';
import type { Forms } from './forms.js';
import { lacks } from './left-out.js';
import { LegacyRow } from './legacy/columns.js';

const KEYS = 25;

/**
 * What applications go on asking: the same statement on the legacy table and on the view that stands in for it. The
 * price of compatibility.
 */
export function legacyViews({ legacy }: Forms): Asked[] {
  /** The same statement twice; `needs` are the tables that it names, in the order of its parameters. */
  const both = (
    name: string,
    asks: string,
    needs: readonly LegacyTableName[],
    build: (rows: readonly LegacyRow[]) => Same | null,
  ): Asked[] => {
    const group = 'legacy-views';
    const tables = needs.flatMap((need) => legacy.tables.get(need) ?? []);
    if (tables.length < needs.length) return [lacks({ group, name, asks }, needs.join(' and '))];
    const same = build(tables.map((table) => new LegacyRow(table)));
    if (same === null) return [];
    const { parameters, statement } = same;
    const on = (from: (table: LegacyTable) => string): Statement => statement(tables.map(from));
    const question = {
      group,
      name,
      asks,
      legacy: on(nameOf),
      unified: on((table) => qualified(legacy.schema, viewName(table.name))),
    } as const;
    if (parameters === undefined) return [question];
    return [
      { ...question, parameters },
      {
        ...question,
        parameters,
        name: `${name}-prepared`,
        asks: `${asks}, by a prepared statement`,
        prepared: 1,
      },
    ];
  };

  return [
    ...both(
      'opportunity-by-id',
      `A row of opportunities by its id (${KEYS} in turn)`,
      ['opportunities'],
      ([row]) => ({
        parameters: keys(row, 'id'),
        statement:
          ([table]) =>
          (id = '') =>
            `select * from ${table} r where r.id = ${id}::uuid`,
      }),
    ),
    ...both(
      'app-by-submission',
      `The rows of app_opportunities of one submission (${KEYS} in turn)`,
      ['app_opportunities'],
      ([row]) => ({
        parameters: keys(row, 'submission_id'),
        statement:
          ([table]) =>
          (id = '') =>
            `select * from ${table} r where r.submission_id = ${id}`,
      }),
    ),
    ...both(
      'scored-by-id',
      `An opportunity with its scores by its id (${KEYS} in turn)`,
      ['opportunities', 'opportunity_scores'],
      ([row]) => ({
        parameters: keys(row, 'id'),
        statement:
          ([opportunities, scores]) =>
          (id = '') =>
            `select r.id, r.problem_statement, s.total_score from ${opportunities} r left join ${scores} s on s.opportunity_id = r.id where r.id = ${id}::uuid`,
      }),
    ),
    ...both('newest-opportunities', 'The 50 newest rows of opportunities', ['opportunities'], () => ({
      statement:
        ([table]) =>
        () =>
          `select r.id, r.problem_statement, r.created_at from ${table} r where r.created_at is not null order by r.created_at desc, r.id limit 50`,
    })),
    ...both(
      'app-statuses',
      'Number and mean trust score of the rows of app_opportunities by status',
      ['app_opportunities'],
      ([row]) =>
        row?.pick('status') == null || row.pick('trust_score') === null
          ? null
          : {
              statement:
                ([table]) =>
                () =>
                  `select r.status, count(*), round(avg(r.trust_score::text::numeric), 2) from ${table} r group by r.status`,
            },
    ),
    ...both('all-opportunities', 'Every row of opportunities', ['opportunities'], () => ({
      statement:
        ([table]) =>
        () =>
          `select * from ${table} r`,
    })),
  ];
}

interface Same {
  readonly parameters?: string;
  /** Given the names of tables or views. */
  readonly statement: (names: readonly string[]) => Statement;
}

/** Values of a column, spread over the table by their hash. */
function keys(row: LegacyRow | undefined, column: string): string {
  if (row === undefined) throw new NoRowError(`a legacy table with a column ${column}`);
  const text = row.text(column);
  return `select key from (select distinct ${text} as key from ${nameOf(row.table)} r where ${text} is not null) k order by md5(key) limit ${KEYS}`;
}

function nameOf(table: LegacyTable): string {
  return qualified(table.schema, table.name);
}
