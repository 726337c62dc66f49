import { ident, qualified } from '../../db/identifier.js';
import { asUuid, keyOfUnknown, ownKey, rawText, uuidFromText } from '../../keys/raw-id.js';
import { columnOf } from '../../legacy/catalog.js';
import type { LegacyDatabase, LegacyTable } from '../../legacy/detect.js';
import type { BoundSource } from '../../mapping/bind.js';
import {
  candidates,
  givesNoUuid,
  itselfIsWanted,
  rowsWhere,
  uuidIsIn,
  uuidIsWanted,
  withClause,
} from '../../mapping/candidates.js';
import type { KeyedSource } from '../../mapping/keyed-source.js';
import type { Wanted } from '../../mapping/wanted.js';
import { timeColumns } from '../../transform/standing.js';
import { bareId } from '../bare-id.js';
import { mayBeWanted, type Naming } from './candidates.js';
import { submissionPointers } from './pointers.js';
import { KNOWN } from './scratch.js';
import { type Submissions, submissionsOf } from './submissions.js';

/**
 * Resolution: which submission a legacy row belongs to. The merge key is that submission's uuid; where
 * `submissions` holds one Reddit id twice, the oldest row's. A row whose submission is unknown gets a key made of
 * its raw id, so that such rows still meet each other; an `opportunities` row without any id keeps its own.
 *
 * Extras of every source: whether the submission is known (null when not; it is the merge key then), its title and
 * time where the row may need them, and for `workflow_results` the opportunity that a row names.
 */
export const EXTRA = { known: 1, title: 2, submittedAt: 3, namedOpportunity: 4 } as const;

/** Fields before the legacy columns. */
export const HEAD = 1 + Object.keys(EXTRA).length;

/** Columns that say when a row of any of the three tables was made. */
export const CREATED = ['created_at', 'processed_at'] as const;

export function keyOpportunitySources(
  legacy: LegacyDatabase,
  sources: readonly BoundSource[],
): KeyedSource[] {
  const known = submissionsOf(legacy.tables.get('submissions'));
  return sources.map((source) => {
    switch (source.rule.table) {
      case 'opportunities':
        return opportunities(source, known);
      case 'app_opportunities':
        return byRawId(source, known, 'submission_id', 'title');
      default:
        return source.table.shape.name === 'A'
          ? byOpportunity(source, known, legacy)
          : byRawId(source, known, 'opportunity_id', null);
    }
  });
}

/** Of the submissions, those that listed rows name. */
const KNOWING = `with s as (select * from ${KNOWN})`;

/** The id of a raw id without its prefixes, worked out once per row, as `alias.rid`. */
function bareIdOf(raw: string, alias: string): string {
  return `cross join lateral (select ${bareId(raw)} as rid offset 0) ${alias}`;
}

/** The extras of a row `alias` that reaches its submission as `s` or as `t`. */
function extrasOf(table: Pick<LegacyTable, 'columns'>, alias: string, known: string, title: string | null) {
  const created = timeColumns(table, CREATED).map((name) => `${alias}.${ident(name)} is null`);
  const hasTitle = title !== null && columnOf(table, title) !== undefined;
  return [
    `case when ${known} is not null then true end`,
    `case when ${hasTitle ? `${alias}.${ident(title)} is null` : 'true'} then coalesce(s.title, t.title) end`,
    `case when ${['true', ...created].join(' and ')} then coalesce(s.created_at, t.created_at) end`,
  ];
}

/** How an `opportunities` row names its submission. */
function namingOf(table: Pick<LegacyTable, 'columns' | 'shape'>): Naming {
  const has = (name: string) => columnOf(table, name) !== undefined;
  return {
    pointer: submissionPointers(table).find(has),
    raw: ['opportunity_id'].find(has),
  };
}

/** Joins and key of an `opportunities` row; used for the table itself, the rows that point to it, and direct writes. */
export function opportunityKey(table: Pick<LegacyTable, 'columns' | 'shape'>, alias: string) {
  const { pointer, raw } = namingOf(table);
  const text = raw === undefined ? 'null::text' : rawText(`${alias}.${ident(raw)}`);
  const pointed =
    pointer === undefined
      ? []
      : [asUuid(`${alias}.${ident(pointer)}`, columnOf(table, pointer)?.type.kind ?? '')];
  const submission = `coalesce(${[...pointed, uuidFromText('k.rid')].join(', ')})`;
  return {
    joins: `${bareIdOf(text, 'k')} left join s on s.id = ${submission} left join s t on t.rid = case when s.id is null then k.rid end and t.oldest`,
    key: `coalesce(s.canon, t.canon, ${submission}, ${keyOfRaw('k.rid')}, ${alias}.id)`,
    known: 'coalesce(s.canon, t.canon)',
    /** What rows of a relation name, for `reached`. */
    names: (relation: string) =>
      `select ${submission}, k.rid from ${relation} ${alias} ${bareIdOf(text, 'k')}`,
  };
}

function opportunities(source: BoundSource, submissions: Submissions): KeyedSource {
  const { joins, key, known, names } = opportunityKey(source.table, 'r');
  return {
    source,
    with: submissions.with,
    knowing: KNOWING,
    names,
    joins,
    key,
    extras: [...extrasOf(source.table, 'r', known, 'title'), 'null::uuid'],
    orphan: `${known} is null`,
    narrowed: (wanted) => ({
      with: withClause([
        ...submissions.wanted(wanted),
        candidates(
          source,
          wanted,
          mayBeWanted(source.table, 'r', namingOf(source.table), submissions, wanted),
        ),
        ...submissions.reached(names('r')),
      ]),
      joins,
    }),
  };
}

/** Rows that hold a raw id of one of the four spellings. */
function byRawId(
  source: BoundSource,
  submissions: Submissions,
  column: string,
  title: string | null,
): KeyedSource {
  const known = 'coalesce(s.canon, t.canon)';
  // What the other tables hold is made of 'opp_' and the id.
  const usuallyBare = column === 'submission_id';
  const { joins, names, key } = rawIdKey(source, column);
  return {
    source,
    with: submissions.with,
    knowing: KNOWING,
    names,
    joins,
    key,
    extras: [...extrasOf(source.table, 'r', known, title), 'null::uuid'],
    orphan: `${known} is null`,
    narrowed: (wanted) => ({
      with: withClause([
        ...submissions.wanted(wanted),
        candidates(
          source,
          wanted,
          mayBeWanted(source.table, 'r', { raw: column, usuallyBare }, submissions, wanted),
        ),
        ...submissions.reached(names('r')),
      ]),
      joins,
    }),
  };
}

/** Joins and key of a row `r` that holds a raw id; used for the table itself and for direct writes. */
export function rawIdKey({ table }: BoundSource, column: string) {
  const fallback = columnOf(table, column)?.notNull === true ? [] : [ownKey(columnOf(table, 'id'))];
  const bare = bareIdOf(rawText(`r.${ident(column)}`), 'k');
  return {
    joins:
      `${bare} left join s on s.rid = k.rid and s.oldest ` +
      `left join s t on t.id = case when s.id is null then ${uuidFromText('k.rid')} end`,
    key: `coalesce(s.canon, t.canon, ${[keyOfRaw('k.rid'), ...fallback].join(', ')})`,
    names: (relation: string) => `select ${uuidFromText('k.rid')}, k.rid from ${relation} r ${bare}`,
  };
}

/** `workflow_results` of shape A: rows that name an opportunity by its id. */
function byOpportunity(source: BoundSource, known: Submissions, legacy: LegacyDatabase): KeyedSource {
  const { table } = source;
  const target = legacy.tables.get('opportunities');
  const pointer = asUuid('r.opportunity_id', columnOf(table, 'opportunity_id')?.type.kind ?? '');
  const own = `coalesce(${pointer}, ${ownKey(columnOf(table, 'id'))})`;
  const toItself = (wanted: Wanted) => [
    uuidIsWanted(table, 'r', 'opportunity_id', wanted),
    ...itselfIsWanted(table, 'r', [givesNoUuid(table, 'r', 'opportunity_id')], wanted),
  ];
  if (target === undefined) {
    return {
      source,
      with: known.with,
      knowing: KNOWING,
      names: null,
      joins: '',
      key: own,
      extras: ['null::boolean', 'null::text', 'null::timestamptz', pointer],
      orphan: 'true',
      narrowed: (wanted) => ({ with: withClause([candidates(source, wanted, toItself(wanted))]), joins: '' }),
    };
  }
  const opportunity = opportunityKey(target, 'o');
  const joined = (relation: string) => `left join ${relation} o on o.id = ${pointer} ${opportunity.joins}`;
  const relation = qualified(target.schema, target.name);
  return {
    source,
    with: known.with,
    knowing: KNOWING,
    names: (rows) =>
      opportunity.names(`(select x.* from ${relation} x where x.id in (select ${pointer} from ${rows} r))`),
    joins: joined(relation),
    key: `case when o.id is null then ${own} else ${opportunity.key} end`,
    extras: [...extrasOf(table, 'r', opportunity.known, null), 'o.id'],
    orphan: 'o.id is null',
    narrowed: (wanted) => ({
      with: withClause([
        ...known.wanted(wanted),
        `targets as materialized (select o.id ${rowsWhere(relation, 'o', mayBeWanted(target, 'o', namingOf(target), known, wanted))})`,
        candidates(source, wanted, [
          ...toItself(wanted),
          uuidIsIn(table, 'r', 'opportunity_id', 'select id from targets'),
        ]),
        `opportunity as materialized (select o.* from ${relation} o where o.id = any (array(select ${pointer} from r)))`,
        ...known.reached(opportunity.names('opportunity')),
      ]),
      joins: joined('opportunity'),
    }),
  };
}

/** The key that a bare id gives when no submission has it: the uuid that it spells, else one made of it. */
function keyOfRaw(bare: string): string {
  return `case when ${bare} is not null then coalesce(${uuidFromText(bare)}, ${keyOfUnknown(bare)}) end`;
}
