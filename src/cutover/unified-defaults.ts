import { generatedName, ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { type BoundSource, storedValue } from '../mapping/bind.js';
import type { BoundColumn, PhaseMapping } from '../mapping/mapping.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';
import { executorOf, readExecutors } from './reverse/executors.js';
import { goldenDefault } from './reverse/golden.js';
import { readLegacySide } from './reverse/legacy-columns.js';

/**
 * Statements that let applications write the unified table with the columns that they know: reverse capture did so before.
 * A new row is one of the first source, or of that whose ids it has, and has what the columns of that table have by themselves.
 */
export async function unifiedDefaults(session: Session, phase: Phase, targets: Targets): Promise<string[]> {
  const { mapping, sources } = phase.bound;
  const isFirst = ({ rule }: BoundSource) => rule.table === mapping.takeOver?.table;
  const first = sources.find(isFirst) ?? sources.find(({ rule }) => rule.flag !== null);
  const set = (column: string, value: string) =>
    `alter table ${targets.unified.qualified} alter column ${ident(column)} set default ${value}`;
  const defaults = new Map(Object.entries(mapping.defaults));
  return [
    ...mapping.computed.flatMap(({ name }) => {
      const value = defaults.get(name);
      return value === undefined ? [] : [set(name, value)];
    }),
    ...mapping.sources.flatMap(({ flag, table }) =>
      flag === null ? [] : [set(flag, String(table === first?.rule.table))],
    ),
    ...(first === undefined ? [] : await ownDefaults(session, first, targets)),
    ...(first === undefined || first.rule.keepsNames !== true
      ? []
      : await sharedDefaults(session, first, mapping)
    ).map(({ name, value }) => set(name, value)),
  ];
}

/** What shared columns of a target get by themselves: as they did when they were columns of the table that had the name. */
async function sharedDefaults(
  session: Session,
  source: BoundSource,
  { computed, defaults }: PhaseMapping,
): Promise<{ readonly name: string; readonly value: string }[]> {
  const executor = executorOf(await readExecutors(session, [source.table]), source.table);
  const { columns } = await readLegacySide(session, source, executor);
  return columns.flatMap((column) => {
    const { home, name: own, type } = column.bound;
    // The earliest or the latest of all rows is read under the name of the target's own time.
    const time = computed.find(({ name, survivorship }) => name === own && survivorship === undefined);
    if (home.kind === 'own' && home.target !== own && time !== undefined) {
      const moment = type.kind === 'timestamptz' ? column.default : `(${column.default}) at time zone 'UTC'`;
      return [{ name: own, value: column.default === null ? 'null' : `(${moment})::${time.ddl}` }];
    }
    const golden = home.kind === 'golden' ? computed.find(({ name }) => name === home.target) : undefined;
    if (home.kind !== 'golden' || golden === undefined || Object.hasOwn(defaults, golden.name)) return [];
    const value = goldenDefault(column, home.conversion, golden.ddl);
    return value === null ? [] : [{ name: golden.name, value }];
  });
}

/** What a legacy column has by itself, and the sequence that is its own. */
export interface OwnDefault {
  readonly column: BoundColumn;
  readonly target: string;
  readonly value: string | null;
  readonly sequence: string | null;
}

/** Statements: columns with a sequence of their own get another one that goes on where it stands. */
async function ownDefaults(session: Session, source: BoundSource, targets: Targets): Promise<string[]> {
  const statements: string[] = [];
  for (const { column, target, value, sequence } of await readDefaults(session, source)) {
    const kept = (given: string) => storedValue(`(${given})::${column.type.name}`, column.type);
    const set = (given: string) =>
      `alter table ${targets.unified.qualified} alter column ${ident(target)} set default ${given}`;
    if (sequence === null) {
      if (value !== null) statements.push(set(kept(value)));
      continue;
    }
    const next = qualified(targets.unified.schema, generatedName(targets.unified.name, target, 'seq'));
    statements.push(
      await likeSequence(session, sequence, next),
      `alter sequence ${next} owned by ${targets.unified.qualified}.${ident(target)}`,
      usableByWriters(next, targets),
      set(kept(`nextval(${literal(next)}::regclass)`)),
    );
  }
  return statements;
}

/** What the columns of a source that have one of their own in the unified table get by themselves. */
export async function readDefaults(session: Session, { table, columns }: BoundSource): Promise<OwnDefault[]> {
  const rows = await session.query(
    `select a.attname as name, pg_get_expr(d.adbin, d.adrelid) as value, s.name as sequence
     from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     left join lateral (
       select q.oid::regclass::text as name from pg_depend p join pg_class q on q.oid = p.objid and q.relkind = 'S'
       where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid = a.attnum
         and (a.attidentity <> '' or (p.deptype = 'a' and pg_get_expr(d.adbin, d.adrelid) = format('nextval(%L::regclass)', q.oid::regclass)))
       order by 1 limit 1) s on true
     where a.attrelid = $1::text::oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and (a.atthasdef or a.attidentity <> '')
     order by a.attnum`,
    [table.oid],
  );
  return rows.flatMap(({ name, value, sequence }) => {
    const column = columns.find((one) => one.name === name);
    if (column?.home.kind !== 'own') return [];
    return [{ column, target: column.home.target, value: value ?? null, sequence: sequence ?? null }];
  });
}

/** A statement that makes a sequence like another one, which goes on where that one is. */
async function likeSequence(session: Session, sequence: string, made: string): Promise<string> {
  const { definition, position } = await session.one(
    `select format('as %s increment by %s minvalue %s maxvalue %s start with %s cache %s%s', format_type(s.seqtypid, null), s.seqincrement, s.seqmin,
         s.seqmax, s.seqstart, s.seqcache, case when s.seqcycle then ' cycle' else '' end) as definition,
       (select format('%s, %L', q.last_value, q.is_called) from ${sequence} q) as position
     from pg_sequence s where s.seqrelid = $1::text::regclass`,
    [sequence],
  );
  return `create sequence ${made} ${definition}; select setval(${literal(made)}::regclass, ${position})`;
}

/** Whoever may insert rows takes numbers, and nobody else: not whom default privileges name. */
function usableByWriters(sequence: string, { unified }: Targets): string {
  const body =
    `declare g record; begin revoke all on sequence ${sequence} from public; ` +
    `for g in select distinct a.grantee::regrole as role from pg_class c cross join lateral aclexplode(c.relacl) a where c.oid = ${literal(sequence)}::regclass and a.grantee not in (0, c.relowner) ` +
    `loop execute format('revoke all on sequence %s from %s', ${literal(sequence)}, g.role); end loop; ` +
    `for g in select distinct case when a.grantee = 0 then 'public' else a.grantee::regrole::text end as role from pg_class c cross join lateral aclexplode(c.relacl) a ` +
    `where c.oid = ${literal(unified.qualified)}::regclass and a.privilege_type = 'INSERT' and a.grantee <> c.relowner ` +
    `loop execute format('grant usage on sequence %s to %s', ${literal(sequence)}, g.role); end loop; end`;
  return `do ${literal(body)}`;
}
