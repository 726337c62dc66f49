import { targetsOf } from '../../mapping/targets.js';
import { type Check, carried, nameOf, warned } from './findings.js';

const MERGE_SINCE = 150_000;
const MERGE_INTO_VIEWS_SINCE = 170_000;

/** Statements that work on a table and not on an automatically updatable view, said once. */
export const statements: Check = async ({ phase, tables, serverVersion }) => {
  const table = tables[0];
  if (table === undefined) return [];
  const name = nameOf(table);
  const found = [
    carried(
      'statements',
      tables.map(nameOf).join(', '),
      'select, insert, update, delete, returning, on conflict (columns), for update, prepared statements and plpgsql work ' +
        'on the views as on the tables, with their defaults.',
    ),
    warned(
      'statements',
      tables.map(nameOf).join(', '),
      `These do not work on a view: on conflict on constraint NAME; copy ${name} from or to (copy (select ...) to works); ` +
        `truncate ${name}; the system columns ctid, xmin and xmax; where current of CURSOR; tablesample; ` +
        'group by the key alone with other columns selected; ' +
        `alter table, create index, references ${name}.`,
      'Have applications that send them name the columns of the conflict, copy by query, delete, update by the key, group by all that they select; or name drydock_legacy.',
    ),
  ];
  if (phase.reverse.notice !== null) {
    const { schema, name: unified } = targetsOf(phase).unified;
    found.push(carried('direct-writes', `${schema}.${unified}`, phase.reverse.notice));
  }
  if (serverVersion >= MERGE_SINCE && serverVersion < MERGE_INTO_VIEWS_SINCE) {
    found.push(
      warned(
        'statements',
        tables.map(nameOf).join(', '),
        `merge into ${name} works on views from PostgreSQL 17 on.`,
        'Have applications that send it use insert ... on conflict.',
      ),
    );
  }
  return found;
};

/** Cutover moves names, not rows. */
export const disk: Check = async ({ session }) => {
  const { bytes } = await session.one('select pg_size_pretty(pg_database_size(current_database())) as bytes');
  return [
    carried(
      'disk',
      `${bytes} in this database`,
      'The cutover needs no space: names move, rows do not. Until it is completed both forms of the data are kept.',
    ),
  ];
};
