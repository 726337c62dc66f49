import { isException } from '../../legacy/newer-catalog.js';
import { type Check, carried, nameOf, stops, warned } from './findings.js';

/** Subscribers know a table by its schema and name, which change. */
export const publications: Check = async ({ session, tables, oids, serverVersion }) => {
  const named = await session.query(
    `select p.pubname as name, r.prrelid::text as oid, ${isException('r')}::text as left_out from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
     where r.prrelid = any ($1::text::oid[]) order by 1, 2`,
    [oids],
  );
  const bySchema =
    serverVersion < 150_000
      ? []
      : await session.query(
          `select distinct p.pubname as name, c.oid::text as oid
           from pg_publication_namespace s join pg_publication p on p.oid = s.pnpubid join pg_class c on c.relnamespace = s.pnnspid
           where c.oid = any ($1::text::oid[]) order by 1, 2`,
          [oids],
        );
  const all = await session.query('select pubname as name from pg_publication where puballtables order by 1');
  const table = (oid: unknown) => {
    const found = tables.find((candidate) => candidate.oid === oid);
    return found === undefined ? String(oid) : nameOf(found);
  };
  return [
    ...[...named.filter((row) => row.left_out === 'false'), ...bySchema].map((row) =>
      stops(
        'publication',
        String(row.name),
        `It publishes ${table(row.oid)}. Subscribers know a table by its schema and name, and would not find it in drydock_legacy.`,
        `Take it out for the time of the cutover: alter publication "${row.name}" drop table (or: drop tables in schema), and let the subscribers follow.`,
      ),
    ),
    ...named
      .filter((row) => row.left_out === 'true')
      .map((row) =>
        warned(
          'publication',
          String(row.name),
          `It leaves out ${table(row.oid)}, goes on leaving out the moved table, and publishes the unified table, which has its rows too.`,
          'Leave the unified tables out as well, where subscribers must not have these rows.',
        ),
      ),
    ...all.map((row) =>
      warned(
        'publication',
        String(row.name),
        'It publishes all tables that it does not leave out: the moved ones go on under drydock_legacy, which its subscribers need to have.',
        'Make schema and tables on the subscribers first, or end the publication.',
      ),
    ),
  ];
};

/** Slots hold the horizon back, and decode what we do. */
export const slots: Check = async ({ session }) => {
  const rows = await session.query(
    `select slot_name as name, slot_type as type, active::text as active from pg_replication_slots
     where database = current_database() or database is null order by 1`,
  );
  return rows.map((row) =>
    row.active === 'true'
      ? carried(
          'slot',
          String(row.name),
          `The ${row.type} slot is in use; renaming writes a few catalog rows.`,
        )
      : warned(
          'slot',
          String(row.name),
          `Nobody reads this ${row.type} slot: it keeps the server's log for ever, which the writes of a migration fill faster.`,
          'Drop it if it is not needed any more.',
        ),
  );
};
