import { qualified } from '../../db/identifier.js';
import type { Session } from '../../db/session.js';
import { targetsOf, viewName } from '../../mapping/targets.js';
import type { CutoverFinding } from '../../reports/cutover.js';
import { carried, type Survey, stops, warned } from '../preflight/findings.js';
import { targetIndexes } from './indexes.js';
import { countWithout } from './numbers.js';
import { type Taking, takingOf } from './taking.js';

/** What it means for applications that the unified table takes over ids, and a name; what stops it is named. */
export async function takeOverFindings(survey: Survey): Promise<CutoverFinding[]> {
  const { session, phase } = survey;
  const taking = await takingOf(session, phase);
  if (taking === null) return [];
  return [
    ...(await ids(session, survey, taking)),
    ...(await keysToUuids(survey)),
    ...(taking.name === null ? [] : await underItsName(survey, taking, taking.name)),
  ];
}

async function ids(session: Session, { phase }: Survey, taking: Taking): Promise<CutoverFinding[]> {
  const { named, source, values, id } = taking;
  const name = `${source.rule.table}.${named.name}`;
  if (values.kind === 'unknown')
    return [
      stops(
        'ids',
        name,
        `Its default ${values.default} is no sequence: which ids the other rows may get, nobody knows.`,
        'Give the column a sequence, or none of both.',
      ),
    ];
  const n = await countWithout(session, targetsOf(phase), taking);
  if (values.kind === 'number' && values.sequence !== null) {
    const { room } = await session.one(
      `select trunc(least(q.seqmax, case $2::text when 'int2' then 32767 when 'int4' then 2147483647 else 9223372036854775807 end)::numeric
         - (select s.last_value from ${values.sequence} s))::text as room from pg_sequence q where q.seqrelid = $1::text::regclass and q.seqincrement > 0`,
      [values.sequence, named.type.kind],
    );
    if (Number(room) < n)
      return [
        stops(
          'ids',
          name,
          `${n} rows are to get new numbers, and its sequence ${values.sequence} has ${room} left.`,
          'Give the column, and its sequence, a larger type before the phase is begun.',
        ),
      ];
  }
  return [
    carried(
      'ids',
      name,
      `Its values become ${id.then} of the unified table; ${n} rows of other tables get ${values.kind === 'uuid' ? 'their uuids there' : 'new numbers, in the order of their match keys'}.`,
    ),
  ];
}

/** Foreign keys that somebody made to the uuids: their column is the primary key no more. */
async function keysToUuids({ session, phase }: Survey): Promise<CutoverFinding[]> {
  const { unified } = targetsOf(phase);
  const rows = await session.query(
    `select n.nspname || '.' || r.relname || '.' || c.conname as name from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace
     where c.contype = 'f' and c.conparentid = 0 and c.confrelid = $1::text::regclass order by 1`,
    [unified.qualified],
  );
  return rows.map(({ name }) =>
    stops(
      'foreign-key',
      String(name),
      'It names the unified table, whose ids become those of a source.',
      'Drop it, and make it again afterwards.',
    ),
  );
}

async function underItsName(survey: Survey, taking: Taking, name: string): Promise<CutoverFinding[]> {
  const { session, phase, entry } = survey;
  const targets = targetsOf(phase);
  const { source } = taking;
  const object = `${source.table.home}.${name}`;
  const { rejected, folded } = await session.one(
    `select (select count(*) from drydock.rejects where phase_id = $1::int and source = $2::text)::text as rejected,
       (select count(*) from ${targets.folded.qualified} f where f.source = $2::text)::text as folded`,
    [entry.id, name],
  );
  const built = await session.query(
    `select distinct coalesce(r.ev_class::regclass::text, pg_describe_object(d.classid, d.objid, d.objsubid)) as name
     from pg_class v join pg_depend d on d.refobjid in (v.oid, v.reltype) and d.refclassid in ('pg_class'::regclass, 'pg_type'::regclass)
     left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
     where v.oid = to_regclass($1::text) and d.deptype = 'n' and r.ev_class is distinct from v.oid order by 1`,
    [qualified(source.table.home, name)],
  );
  const { lost } = await targetIndexes(session, taking, targets);
  const left = await session.query(
    `select format('%s %I', k.kind, k.name) as name from (
       select 'trigger' as kind, t.tgname as name from pg_trigger t where t.tgrelid = $1::text::oid and not t.tgisinternal and not starts_with(t.tgname, 'drydock_')
       union all
       select case c.contype when 'f' then 'foreign key' when 'c' then 'check' else 'exclusion constraint' end, c.conname from pg_constraint c
       where c.conrelid = $1::text::oid and c.contype in ('f', 'c', 'x')) k order by 1`,
    [source.table.oid],
  );
  return [
    ...(rejected === '0'
      ? []
      : [
          stops(
            'ids',
            object,
            `${rejected} of its rows were put aside and would not be in the table of this name.`,
            'Mend these rows and load their batches again.',
          ),
        ]),
    ...built.map((row) =>
      stops(
        'view',
        String(row.name),
        `It was built on the view under the name ${object}, where the unified table comes.`,
        'Drop it, complete, and make it again on the table.',
      ),
    ),
    carried(
      'target',
      object,
      `The unified table takes this name, with the rights of the view; ${viewName(name)} gives the rows of the old table back.`,
    ),
    ...(folded === '0'
      ? []
      : [
          warned(
            'target',
            object,
            `${folded} of its rows were folded into others and are in ${viewName(name)} only.`,
            'Look at them there, where applications may still have their ids.',
          ),
        ]),
    ...lost.map((index) =>
      warned(
        'target',
        `${object}, index ${index.name}`,
        `The unified table does not get this index: ${index.why}.`,
        'Statements with on conflict on its columns have to name others; make an index that suits, where one is wanted.',
      ),
    ),
    ...(left.length === 0
      ? []
      : [
          warned(
            'target',
            object,
            `Triggers and constraints stay with the old table: ${left.map((row) => row.name).join(', ')}.`,
            'Make on the unified table what is to hold there for all rows.',
          ),
        ]),
  ];
}
