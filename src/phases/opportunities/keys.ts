import { ident, qualified } from '../../db/identifier.js';
import { asUuid, bareId, keyOfUnknown, ownKey, rawText, uuidFromText } from '../../keys/raw-id.js';
import { columnOf } from '../../legacy/catalog.js';
import type { LegacyDatabase, LegacyTable } from '../../legacy/detect.js';
import type { BoundSource } from '../../mapping/bind.js';
import type { KeyedSource } from '../../mapping/keyed-source.js';
import { SCRATCH } from '../../mapping/scratch.js';
import { timeColumns } from '../../transform/standing.js';
import { redditId } from './resolution.js';

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
  const known = submissionsRelation(legacy.tables.get('submissions'));
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

/** Of the submissions that are known, only those that listed rows name. */
const NARROWLY = `with s as (select * from ${SCRATCH.known})`;

interface Known {
  /**
   * CTE `s`: id, rid (Reddit's id), canon (id of the oldest row with that Reddit id), oldest (whether this is that
   * row), title, created_at. Materialized, because it is looked up twice: by Reddit id and by uuid.
   */
  readonly with: string;
  /** The same, but each row stands for itself: for estimates, without the sort that finds the oldest. */
  readonly roughly: string;
}

function submissionsRelation(table: LegacyTable | undefined): Known {
  if (table === undefined) {
    const none =
      'with s as (select null::uuid as id, null::text as rid, null::uuid as canon, false as oldest, null::text as title, null::timestamptz as created_at where false)';
    return { with: none, roughly: none };
  }
  const raw = rawText(`b.${ident(redditId(table))}`);
  const type = (name: string) => columnOf(table, name)?.type;
  const id = asUuid('b.id', type('id')?.kind ?? '');
  const createdAt = type('created_at')?.category === 'D' ? 'b.created_at' : 'null';
  // `offset 0` keeps the planner from writing the expressions of rid into every place that uses it.
  const rows = `select ${id} as id, ${bareId(raw)} as rid, b.title::text as title, ${createdAt}::timestamptz as created_at from ${qualified(table.schema, table.name)} b offset 0`;
  const first = 'first_value(b.id) over (partition by b.rid order by b.created_at nulls last, b.id)';
  return {
    with: `with s as materialized (select c.*, c.canon = c.id as oldest from (select b.*, case when b.rid is null then b.id else ${first} end as canon from (${rows}) b) c)`,
    roughly: `with s as materialized (select b.*, b.id as canon, true as oldest from (${rows}) b)`,
  };
}

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

/** Joins and key of an `opportunities` row; used for the table itself and for the rows that point to it. */
function opportunityKey(table: Pick<LegacyTable, 'columns'>, alias: string) {
  const kind = (name: string) => columnOf(table, name)?.type.kind;
  const pointer = ['identified_from_submission_id', 'submission_id'].find((name) => kind(name) !== undefined);
  const raw = kind('opportunity_id') === undefined ? 'null::text' : rawText(`${alias}.opportunity_id`);
  const pointed = pointer === undefined ? [] : [asUuid(`${alias}.${ident(pointer)}`, kind(pointer) ?? '')];
  const submission = `coalesce(${[...pointed, uuidFromText('k.rid')].join(', ')})`;
  return {
    bare: bareIdOf(raw, 'k'),
    submission,
    joins: `${bareIdOf(raw, 'k')} left join s on s.id = ${submission} left join s t on t.rid = case when s.id is null then k.rid end and t.oldest`,
    key: `coalesce(s.canon, t.canon, ${submission}, ${keyOfRaw('k.rid')}, ${alias}.id)`,
    known: 'coalesce(s.canon, t.canon)',
  };
}

function opportunities(source: BoundSource, submissions: Known): KeyedSource {
  const { joins, key, known, bare, submission } = opportunityKey(source.table, 'r');
  return {
    source,
    with: submissions.with,
    roughly: submissions.roughly,
    narrowly: NARROWLY,
    names: { joins: bare, rid: 'k.rid', id: submission },
    joins,
    key,
    extras: [...extrasOf(source.table, 'r', known, 'title'), 'null::uuid'],
    orphan: `${known} is null`,
  };
}

/** Rows that hold a raw id of one of the four spellings. */
function byRawId(source: BoundSource, submissions: Known, column: string, title: string | null): KeyedSource {
  const fallback =
    columnOf(source.table, column)?.notNull === true ? [] : [ownKey(columnOf(source.table, 'id'))];
  const known = 'coalesce(s.canon, t.canon)';
  const bare = bareIdOf(rawText(`r.${ident(column)}`), 'k');
  return {
    source,
    with: submissions.with,
    roughly: submissions.roughly,
    narrowly: NARROWLY,
    names: { joins: bare, rid: 'k.rid', id: uuidFromText('k.rid') },
    joins:
      `${bare} left join s on s.rid = k.rid and s.oldest ` +
      `left join s t on t.id = case when s.id is null then ${uuidFromText('k.rid')} end`,
    key: `coalesce(s.canon, t.canon, ${[keyOfRaw('k.rid'), ...fallback].join(', ')})`,
    extras: [...extrasOf(source.table, 'r', known, title), 'null::uuid'],
    orphan: `${known} is null`,
  };
}

/** `workflow_results` of shape A: rows that name an opportunity by its id. */
function byOpportunity(source: BoundSource, known: Known, legacy: LegacyDatabase): KeyedSource {
  const target = legacy.tables.get('opportunities');
  const pointer = asUuid('r.opportunity_id', columnOf(source.table, 'opportunity_id')?.type.kind ?? '');
  const own = `coalesce(${pointer}, ${ownKey(columnOf(source.table, 'id'))})`;
  if (target === undefined) {
    return {
      source,
      with: known.with,
      roughly: known.roughly,
      narrowly: NARROWLY,
      names: null,
      joins: '',
      key: own,
      extras: ['null::boolean', 'null::text', 'null::timestamptz', pointer],
      orphan: 'true',
    };
  }
  const { joins, key, bare, submission, known: found } = opportunityKey(target, 'o');
  const named = `left join ${qualified(target.schema, target.name)} o on o.id = ${pointer}`;
  return {
    source,
    with: known.with,
    roughly: known.roughly,
    narrowly: NARROWLY,
    names: { joins: `${named} ${bare}`, rid: 'k.rid', id: submission },
    joins: `${named} ${joins}`,
    key: `case when o.id is null then ${own} else ${key} end`,
    extras: [...extrasOf(source.table, 'r', found, null), 'o.id'],
    orphan: 'o.id is null',
  };
}

/** The key that a bare id gives when no submission has it: the uuid that it spells, else one made of it. */
function keyOfRaw(bare: string): string {
  return `case when ${bare} is not null then coalesce(${uuidFromText(bare)}, ${keyOfUnknown(bare)}) end`;
}
