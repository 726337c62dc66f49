import { literal, qualified } from '../../db/identifier.js';
import { LEGACY_SCHEMA } from '../../legacy/moved.js';
import { type Check, nameOf, stops, warned } from './findings.js';

/** What programs beside the applications do with a view, where they found a table before. */
export const tools: Check = async ({ tables }) => {
  const [first] = tables;
  if (first === undefined) return [];
  const names = tables.map(nameOf).join(', ');
  return [
    warned(
      'pg-dump',
      names,
      `pg_dump -t ${nameOf(first)}, and -n ${first.home}, write the view and none of its rows, and exit with 0.`,
      `Before the cutover, have such backups name the rows too: -t '${LEGACY_SCHEMA}.*' or -n ${LEGACY_SCHEMA} beside the old name; or dump the whole database.`,
    ),
    warned(
      'schema-tools',
      names,
      'Programs that compare the database with their models find views without keys here, and want to make the tables again: TypeORM synchronize, ' +
        'drizzle-kit push, MikroORM schema:update. PostGraphile and Django (inspectdb) see no key, and so no relations.',
      'Switch their synchronizing off, or leave these names out of it; tell PostGraphile the keys by smart tags, and mark Django models managed = False.',
    ),
  ];
};

/** pg_partman knows a table by the text of its name, and would look after a view. */
export const partman: Check = async ({ session, tables }) => {
  const configs = await session.query(
    `select n.nspname as schema, has_table_privilege(c.oid, 'select')::text as readable
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'parent_table' and not a.attisdropped
     where c.relname = 'part_config' and c.relkind in ('r', 'p') order by 1`,
  );
  const found = [];
  for (const { schema, readable } of configs) {
    const config = qualified(String(schema), 'part_config');
    if (readable !== 'true') {
      found.push(
        warned(
          'pg-partman',
          config,
          'Whether pg_partman looks after the tables is not known: the user may not read its configuration.',
          `grant select on ${config} to the user, or look yourself.`,
        ),
      );
      continue;
    }
    const rows = await session.query(
      `select parent_table as table, (coalesce(to_jsonb(c) ->> 'automatic_maintenance', 'on') <> 'off')::text as at_work
       from ${config} c where parent_table = any ($1::text[]) order by 1`,
      [`{${tables.map((table) => JSON.stringify(nameOf(table))).join(',')}}`],
    );
    for (const { table, at_work } of rows) {
      const moved = `${LEGACY_SCHEMA}.${String(table).slice(String(table).lastIndexOf('.') + 1)}`;
      const after = `after the cutover have it name ${moved} and switch it on again`;
      found.push(
        at_work === 'true'
          ? stops(
              'pg-partman',
              String(table),
              'The maintenance of pg_partman knows the table by this name: it would find a view, fail, and make no partition any more.',
              `update ${config} set automatic_maintenance = 'off' where parent_table = ${literal(String(table))}; ${after}.`,
            )
          : warned(
              'pg-partman',
              String(table),
              'pg_partman knows the table by this name; its maintenance is switched off.',
              `Have enough partitions made ahead; ${after}.`,
            ),
      );
    }
  }
  return found;
};
