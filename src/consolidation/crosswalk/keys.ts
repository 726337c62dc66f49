import { ident, qualified } from '../../db/identifier.js';
import {
  type ConsolidationModel,
  columnsOfStep,
  type SourceModel,
  type StepModel,
} from '../../declare/model.js';
import { asUuid, keyOfUnknown, ownKey, rawText, uuidFromText } from '../../keys/raw-id.js';
import { columnOf } from '../../legacy/catalog.js';
import type { LegacyDatabase, LegacyTable } from '../../legacy/detect.js';
import type { BoundPhase, BoundSource } from '../../mapping/bind.js';
import {
  candidates,
  givesNoUuid,
  isWantedById,
  rowsWhere,
  uuidIsIn,
  uuidIsWanted,
  withClause,
} from '../../mapping/candidates.js';
import type { KeyedSource } from '../../mapping/keyed-source.js';
import type { Wanted } from '../../mapping/wanted.js';
import { timeColumns } from '../../transform/standing.js';
import { type FoundNaming, mayBeWanted } from './candidates.js';
import { type Known, knownIn, valueName } from './crosswalk.js';
import { scratchOf } from './scratch.js';
import { type Use, usesOf } from './uses.js';

/**
 * Resolution: which row of the crosswalk a legacy row is about. The merge key is that row's uuid; where the crosswalk holds one
 * alias twice, the oldest row's. A row that names none there gets a key made of its raw id, so that such rows still meet each
 * other; one that names nothing keeps its own.
 *
 * Extras of every source: whether the row of the crosswalk is known (null when not; it is the merge key then), the values that
 * are used of it, where the row may need them, and the row of another source that a row points to.
 */

type ResolveStep = Extract<StepModel, { kind: 'resolve' }>;

/** A table with the step by which its rows are resolved. */
export interface Resolving {
  readonly model: SourceModel;
  readonly table: Pick<LegacyTable, 'columns' | 'shape'>;
  readonly step: ResolveStep;
  /** Whether its identity is the id of the unified row. */
  readonly isLead: boolean;
}

/** What the queries of one consolidation share. */
interface Crossing {
  readonly model: ConsolidationModel;
  readonly legacy: LegacyDatabase;
  readonly known: Known;
  readonly uses: readonly Use[];
  /** A `with` of the rows that listed rows name. */
  readonly knowing: string;
}

/** @param model as it is found: see `variants.ts` */
export function keyedByCrosswalk(
  model: ConsolidationModel,
  bound: BoundPhase,
  legacy: LegacyDatabase,
): KeyedSource[] {
  const crossing: Crossing = {
    model,
    legacy,
    known: knownIn(model, legacy),
    uses: usesOf(model),
    knowing: `with s as (select * from ${scratchOf(model).known})`,
  };
  return bound.sources.map((source) => {
    const own = declaredOf(model, source);
    const step = own.match[0];
    if (step?.kind === 'resolve')
      return resolved(
        source,
        { model: own, table: source.table, step, isLead: own.table === model.ids?.table },
        crossing,
      );
    if (step?.kind === 'via') return pointing(source, own, step.columns[0] as string, crossing);
    throw new Error(`rows of ${own.table} name nothing`);
  });
}

export function declaredOf(model: ConsolidationModel, { rule }: Pick<BoundSource, 'rule'>): SourceModel {
  const found = model.sources.find(({ table }) => table === rule.table);
  if (found === undefined) throw new Error(`${rule.table} is not declared`);
  return found;
}

/** The id of a raw id without its prefixes, worked out once per row, as `alias.rid`. */
function bareIdOf(known: Known, raw: string, alias: string): string {
  return `cross join lateral (select ${known.spellings.bare(raw)} as rid offset 0) ${alias}`;
}

/** How rows of a table name one of the crosswalk, by the columns that are there. */
export function namingOf({ model, table, step }: Resolving): FoundNaming {
  const has = (name: string) => columnOf(table, name) !== undefined;
  return {
    pointer: step.ids.find(has),
    raw: step.alias !== null && has(step.alias) ? step.alias : undefined,
    id: idOf(model),
    usuallyBare: step.ids.length === 0 && step.written === '',
  };
}

/** The column that tells a source's rows apart. */
export const idOf = ({ identity }: SourceModel): string => identity[0] ?? 'id';

/** The key of a row that names nothing. */
function ownKeyOf({ model, table, step, isLead }: Resolving, alias: string): string[] {
  if (isLead) return [`${alias}.${ident(idOf(model))}`];
  const isNamed =
    step.ids.length === 0 && step.alias !== null && columnOf(table, step.alias)?.notNull === true;
  return isNamed ? [] : [ownKey(columnOf(table, idOf(model)), `${alias}.${ident(idOf(model))}`)];
}

/** Joins and key of a row that names one of the crosswalk; used for the table itself, rows that point to it, and direct writes. */
export function resolvedKey(resolving: Resolving, known: Known, alias: string) {
  const { table, step } = resolving;
  const { pointer, raw } = namingOf(resolving);
  const text = raw === undefined ? 'null::text' : rawText(`${alias}.${ident(raw)}`);
  const bare = bareIdOf(known, text, 'k');
  const canon = 'coalesce(s.canon, t.canon)';
  const own = ownKeyOf(resolving, alias);
  if (step.ids.length === 0)
    return {
      joins:
        `${bare} left join s on s.rid = k.rid and s.oldest ` +
        `left join s t on t.id = case when s.id is null then ${uuidFromText('k.rid')} end`,
      key: `coalesce(s.canon, t.canon, ${[keyOfRaw('k.rid'), ...own].join(', ')})`,
      known: canon,
      names: (relation: string) => `select ${uuidFromText('k.rid')}, k.rid from ${relation} ${alias} ${bare}`,
    };
  const pointed =
    pointer === undefined
      ? []
      : [asUuid(`${alias}.${ident(pointer)}`, columnOf(table, pointer)?.type.kind ?? '')];
  const id = `coalesce(${[...pointed, uuidFromText('k.rid')].join(', ')})`;
  return {
    joins: `${bare} left join s on s.id = ${id} left join s t on t.rid = case when s.id is null then k.rid end and t.oldest`,
    key: `coalesce(s.canon, t.canon, ${[id, keyOfRaw('k.rid'), ...own].join(', ')})`,
    known: canon,
    /** What rows of a relation name, for `reached`. */
    names: (relation: string) => `select ${id}, k.rid from ${relation} ${alias} ${bare}`,
  };
}

/** The extras of a row `r` that reaches the crosswalk as `s` or as `t`. */
function extrasOf(source: BoundSource, own: SourceModel, known: string, { model, uses }: Crossing): string[] {
  const { table } = source;
  const values = uses.map(({ column, kind, target }) => {
    const without =
      kind === 'time'
        ? ['true', ...timeColumns(table, timesNamed(own, model, target)).map(isNull)]
        : giversOf(own, model, target)
            .filter((name) => columnOf(table, name) !== undefined)
            .map(isNull);
    const name = valueName(column);
    return `case when ${without.length === 0 ? 'true' : without.join(' and ')} then coalesce(s.${name}, t.${name}) end`;
  });
  return [`case when ${known} is not null then true end`, ...values];
}

const isNull = (name: string) => `r.${ident(name)} is null`;

function timesNamed({ times }: SourceModel, { columns }: ConsolidationModel, target: string) {
  const column = columns.find(({ name }) => name === target);
  return column?.kind === 'latest' ? times.updated : times.created;
}

/** Columns of a source that give a shared column its value. */
function giversOf({ table }: SourceModel, { columns }: ConsolidationModel, target: string): string[] {
  const column = columns.find(({ name }) => name === target);
  return column?.kind !== 'golden'
    ? []
    : column.givers.filter((giver) => giver.table === table).map((giver) => giver.column);
}

function resolved(source: BoundSource, resolving: Resolving, crossing: Crossing): KeyedSource {
  const { known, knowing } = crossing;
  const { joins, key, known: canon, names } = resolvedKey(resolving, known, 'r');
  return {
    source,
    with: known.with,
    knowing,
    names,
    joins,
    key,
    extras: [...extrasOf(source, resolving.model, canon, crossing), 'null::uuid'],
    orphan: `${canon} is null`,
    narrowed: (wanted) => ({
      with: withClause([
        ...known.wanted(wanted),
        candidates(
          source,
          wanted,
          mayBeWanted({ table: source.table, alias: 'r', naming: namingOf(resolving) }, known, wanted),
        ),
        ...known.reached(names('r')),
      ]),
      joins,
    }),
  };
}

/** Rows that name a row of another source by its id, and are about what that is about. */
function pointing(
  source: BoundSource,
  own: SourceModel,
  pointerName: string,
  crossing: Crossing,
): KeyedSource {
  const { known, knowing, model, legacy, uses } = crossing;
  const { table } = source;
  const target = targetOf(own, model);
  const found = legacy.tables.get(target.table);
  const kind = columnOf(table, pointerName)?.type.kind ?? '';
  const pointer = asUuid(`r.${ident(pointerName)}`, kind);
  const itself = `coalesce(${pointer}, ${ownKey(columnOf(table, idOf(own)), `r.${ident(idOf(own))}`)})`;
  const toItself = (wanted: Wanted) => [
    uuidIsWanted(table, 'r', pointerName, wanted),
    ...isWantedById(table, { alias: 'r', id: idOf(own) }, [givesNoUuid(table, 'r', pointerName)], wanted),
  ];
  if (found === undefined) {
    return {
      source,
      with: known.with,
      knowing,
      names: null,
      joins: '',
      key: itself,
      extras: [
        'null::boolean',
        ...uses.map((use) => (use.kind === 'text' ? 'null::text' : 'null::timestamptz')),
        pointer,
      ],
      orphan: 'true',
      narrowed: (wanted) => ({ with: withClause([candidates(source, wanted, toItself(wanted))]), joins: '' }),
    };
  }
  const step = target.match[0];
  if (step?.kind !== 'resolve') throw new Error(`rows of ${target.table} are not resolved`);
  const resolving: Resolving = { model: target, table: found, step, isLead: true };
  const pointed = resolvedKey(resolving, known, 'o');
  const id = `o.${ident(idOf(target))}`;
  const joined = (relation: string) => `left join ${relation} o on ${id} = ${pointer} ${pointed.joins}`;
  const relation = qualified(found.schema, found.name);
  const identity = ident(idOf(target));
  return {
    source,
    with: known.with,
    knowing,
    names: (rows) =>
      pointed.names(
        `(select x.* from ${relation} x where x.${identity} in (select ${pointer} from ${rows} r))`,
      ),
    joins: joined(relation),
    key: `case when ${id} is null then ${itself} else ${pointed.key} end`,
    extras: [...extrasOf(source, own, pointed.known, crossing), id],
    orphan: `${id} is null`,
    narrowed: (wanted) => ({
      with: withClause([
        ...known.wanted(wanted),
        `targets as materialized (select ${id} ${rowsWhere(relation, 'o', mayBeWanted({ table: found, alias: 'o', naming: namingOf(resolving) }, known, wanted))})`,
        candidates(source, wanted, [
          ...toItself(wanted),
          uuidIsIn(table, 'r', pointerName, `select ${identity} from targets`),
        ]),
        `pointed as materialized (select o.* from ${relation} o where ${id} = any (array(select ${pointer} from r)))`,
        ...known.reached(pointed.names('pointed')),
      ]),
      joins: joined('pointed'),
    }),
  };
}

/** The source that rows of another one point to. */
export function targetOf({ match, table }: SourceModel, { sources }: ConsolidationModel): SourceModel {
  const [step] = match;
  const found = step?.kind === 'via' ? sources.find((source) => source.table === step.table) : undefined;
  if (found === undefined) throw new Error(`rows of ${table} point to nothing`);
  return found;
}

/** Columns of a source by which its rows name others. */
export function namingColumns({ match }: SourceModel): readonly string[] {
  return match.flatMap(columnsOfStep);
}

/** The key that a bare id gives when the crosswalk does not have it: the uuid that it spells, else one made of it. */
function keyOfRaw(bare: string): string {
  return `case when ${bare} is not null then coalesce(${uuidFromText(bare)}, ${keyOfUnknown(bare)}) end`;
}
