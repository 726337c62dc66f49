import { counted } from '../../format/format.js';
import { readExecutors } from '../reverse/executors.js';
import { trustedHomes } from '../reverse/trusted-homes.js';
import { type Check, carried, nameOf, stops, warned } from './findings.js';

/** Triggers stay on the table, which the view writes to. */
export const triggers: Check = async ({ session, tables, oids }) => {
  const executors = await readExecutors(session, tables);
  const rows = await session.query(
    `select t.tgrelid::regclass::text as relation, t.tgname as name, t.tgrelid::text as oid, p.oid::regprocedure::text as called,
       (p.prosrc ~* 'tg_(table_schema|relid)')::text as by_schema,
       (l.lanname in ('internal', 'c') or exists (select from unnest(p.proconfig) s where s like 'search_path=%'))::text as has_path
     from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
     where t.tgrelid = any ($1::text::oid[]) and not t.tgisinternal and n.nspname <> 'drydock' order by 1, 2`,
    [oids],
  );
  const homes = new Map<string, readonly string[]>();
  for (const { role } of executors.values()) homes.set(role, await trustedHomes(session, tables, role));
  return rows.flatMap((row) => {
    const name = `${row.relation}.${row.name}`;
    const home = tables.find(({ oid }) => oid === row.oid)?.home ?? '';
    const role = executors.get(String(row.oid))?.role ?? '';
    const trusted = homes.get(role) ?? [];
    const found = [
      ...(row.by_schema === 'true'
        ? [
            warned(
              'trigger',
              name,
              'It fires as before, but it asks for the name of its schema, which is drydock_legacy after the cutover.',
              'Look at what it does with it.',
            ),
          ]
        : []),
      ...(row.has_path === 'true' || trusted.includes(home)
        ? []
        : [
            warned(
              'trigger',
              name,
              `It fires as before. For what is written to the unified tables directly it runs with the rights of ${role}, and finds no names in schema ${home}: roles that do not have these rights may create things there, or have.`,
              `If it names something without its schema: alter function ${row.called} set search_path = ...`,
            ),
          ]),
    ];
    if (found.length > 0) return found;
    const names =
      row.has_path === 'true'
        ? ''
        : `; for what is written to the unified tables directly, names without a schema are looked for in ${trusted.join(', ')} only`;
    return [carried('trigger', name, `It stays on the table and fires as before${names}.`)];
  });
};

/** A rule rewrites statements before the view does; the two do not add up. */
export const rules: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select ev_class::regclass::text as relation, rulename as name from pg_rewrite
     where ev_class = any ($1::text::oid[]) order by 1, 2`,
    [oids],
  );
  return rows.map((row) =>
    stops(
      'rule',
      `${row.relation}.${row.name}`,
      'A rule rewrites statements on the table; statements on the view would not meet it in the same way.',
      'Replace the rule by a trigger.',
    ),
  );
};

/** Sequences that the tables own go where the tables go. */
export const ownedSequences: Check = async ({ session, oids }) => {
  const rows = await session.query(
    `select d.objid::regclass::text as name, d.deptype::text as kind from pg_depend d join pg_class c on c.oid = d.objid
     where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and c.relkind = 'S'
       and d.refobjid = any ($1::text::oid[]) and d.deptype in ('a', 'i') order by 1`,
    [oids],
  );
  return rows.map((row) =>
    warned(
      'sequence',
      String(row.name),
      'It moves to drydock_legacy with its table. Defaults and identity columns go by its oid and work as before; a ' +
        'statement that names it (nextval, setval) does not find it, and pg_get_serial_sequence of the old name is null.',
      'Have such statements leave the column to its default.',
    ),
  );
};

/** What has no name that anybody uses in statements. */
export const attachments: Check = async ({ session, tables, oids }) => {
  const found = await session.one(
    `select (select count(*) from pg_index where indrelid = any ($1::text::oid[])) as indexes,
       (select count(*) from pg_statistic_ext where stxrelid = any ($1::text::oid[])) as statistics,
       (select count(*) from pg_description where classoid = 'pg_class'::regclass and objoid = any ($1::text::oid[])) as comments`,
    [oids],
  );
  const moved = [
    ...nonZero(Number(found.indexes), 'index', 'indexes'),
    ...nonZero(Number(found.statistics), 'extended statistic'),
    ...nonZero(Number(found.comments), 'comment'),
  ];
  if (moved.length === 0) return [];
  const repeated = Number(found.comments) === 0 ? '' : '; comments are repeated on the views';
  return [
    carried(
      'attachments',
      tables.map(nameOf).join(', '),
      `With the tables move ${moved.join(', ')}${repeated}.`,
    ),
  ];
};

const nonZero = (...[value, noun, plural]: Parameters<typeof counted>) =>
  value === 0 ? [] : [counted(value, noun, plural)];

/** Event triggers see our DDL, and may refuse it. */
export const eventTriggers: Check = async ({ session }) => {
  const rows = await session.query(
    `select evtname as name, evtevent as event from pg_event_trigger where evtenabled <> 'D' order by 1`,
  );
  return rows.map((row) =>
    warned(
      'event-trigger',
      String(row.name),
      `It fires at ${row.event}, for the statements of the cutover too, and adds its time to theirs.`,
      'Make sure that it refuses nothing and is quick.',
    ),
  );
};
