import { ident, qualified } from '../../db/identifier.js';
import { asUuid, ownKey } from '../../keys/raw-id.js';
import { columnOf } from '../../legacy/catalog.js';
import type { LegacyDatabase, LegacyTable } from '../../legacy/detect.js';
import { type BoundSource, foldedColumn } from '../../mapping/bind.js';
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
import { opportunitiesMapping } from '../opportunities/mapping.js';

/** The one extra: the unified opportunity, null for a row that belongs to none. */
export const EXTRA = { opportunity: 1 } as const;
export const HEAD = 2;

/**
 * The merge key of an assessment is its unified opportunity's id: the opportunity that a row names, or the one
 * that it was folded into. A row that names none keeps the id that it names, or its own.
 *
 * @param unifiedExists whether the opportunities phase has its tables; before that, a plan goes by the legacy ids
 */
export function keyAssessmentSources(
  legacy: LegacyDatabase,
  sources: readonly BoundSource[],
  unifiedExists: boolean,
): KeyedSource[] {
  const unified = unifiedExists ? unifiedOpportunities(legacy) : legacyOpportunities(legacy);
  return sources.map((source) => {
    const pointer = opportunityOf(source, legacy);
    const own = ownKey(columnOf(source.table, 'id'));
    return {
      source,
      with: '',
      knowing: '',
      names: null,
      joins: `${pointer.joins} ${unified.joins(pointer.id)}`,
      key: `coalesce(${[unified.id, pointer.id, ...pointer.otherwise, own].join(', ')})`,
      extras: [unified.id],
      orphan: `${unified.id} is null`,
      narrowed(wanted) {
        const near = pointer.narrowed(wanted);
        const unifiedNear = unified.narrowed(`select ${pointer.id} as id from r ${near.joins}`);
        return {
          with: withClause([
            unified.foldedInto(wanted),
            ...near.before,
            candidates(source, wanted, near.conditions),
            ...near.after,
            ...unifiedNear.queries,
          ]),
          joins: `${near.joins} ${unifiedNear.joins(pointer.id)}`,
        };
      },
    };
  });
}

interface Pointer {
  readonly joins: string;
  /** The opportunity that the row names. */
  readonly id: string;
  /** What keeps rows together that name none. */
  readonly otherwise: readonly string[];
  /** Of which rows the key may be wanted, given `folded_ids`; and CTEs for it, and for the joins of those rows. */
  narrowed(wanted: Wanted): {
    readonly before: readonly string[];
    readonly conditions: readonly string[];
    readonly after: readonly string[];
    readonly joins: string;
  };
}

function opportunityOf({ table }: BoundSource, legacy: LegacyDatabase): Pointer {
  const kind = (name: string) => columnOf(table, name)?.type.kind;
  const viaScore = kind('opportunity_score_id');
  if (viaScore !== undefined && table.shape.name === 'A') {
    return opportunityOfScore(table, legacy.tables.get('opportunity_scores'));
  }
  const column = 'opportunity_id';
  return {
    joins: '',
    id: asUuid(`r.${column}`, kind(column) ?? ''),
    otherwise: [],
    narrowed: (wanted) => ({
      before: [],
      conditions: [
        ...opportunityIsWanted(table, 'r', wanted),
        ...itselfIsWanted(table, 'r', [givesNoUuid(table, 'r', column)], wanted),
      ],
      after: [],
      joins: '',
    }),
  };
}

/** `score_components` of shape A name a score, and that its opportunity. */
function opportunityOfScore(table: LegacyTable, scores: LegacyTable | undefined): Pointer {
  const column = 'opportunity_score_id';
  const score = asUuid(`r.${column}`, columnOf(table, column)?.type.kind ?? '');
  const toItself = (wanted: Wanted) => [
    uuidIsWanted(table, 'r', column, wanted),
    ...itselfIsWanted(table, 'r', [givesNoUuid(table, 'r', column)], wanted),
  ];
  if (scores === undefined) {
    return {
      joins: '',
      id: 'null::uuid',
      otherwise: [score],
      narrowed: (wanted) => ({ before: [], conditions: toItself(wanted), after: [], joins: '' }),
    };
  }
  const relation = qualified(scores.schema, scores.name);
  const joined = (to: string) => `left join ${to} p on p.id = ${score}`;
  return {
    joins: joined(relation),
    id: asUuid('p.opportunity_id', columnOf(scores, 'opportunity_id')?.type.kind ?? ''),
    otherwise: [score],
    narrowed: (wanted) => ({
      before: [
        `wanted_scores as materialized (select p.id ${rowsWhere(relation, 'p', opportunityIsWanted(scores, 'p', wanted))})`,
      ],
      conditions: [uuidIsIn(table, 'r', column, 'select id from wanted_scores'), ...toItself(wanted)],
      after: [
        `score as materialized (select p.* from ${relation} p where p.id = any (array(select ${score} from r)))`,
      ],
      joins: joined('score'),
    }),
  };
}

/** The key of a row is the opportunity that it names, or the one that this was folded into. */
function opportunityIsWanted(table: LegacyTable, alias: string, wanted: Wanted): string[] {
  return [
    uuidIsWanted(table, alias, 'opportunity_id', wanted),
    uuidIsIn(table, alias, 'opportunity_id', 'select id from folded_ids'),
  ];
}

/** What an opportunity that rows name has become. */
interface Opportunities {
  readonly id: string;
  joins(pointer: string): string;
  /** CTE `folded_ids`: opportunities that were folded into wanted ones. */
  foldedInto(wanted: Wanted): string;
  /** The same joins to no more than the opportunities that a query names. */
  narrowed(named: string): { readonly queries: readonly string[]; joins(pointer: string): string };
}

const NOTHING_FOLDED = 'folded_ids as (select null::uuid as id where false)';

function unifiedOpportunities(legacy: LegacyDatabase): Opportunities {
  const unified = qualified(legacy.schema, opportunitiesMapping.unified);
  const near = (ids: string) =>
    `unified as materialized (select u.id from ${unified} u where u.id = any (array(${ids})))`;
  const rule = opportunitiesMapping.sources.find((candidate) => candidate.table === 'opportunities');
  if (rule === undefined || !legacy.tables.has('opportunities')) {
    const joined = (relation: string) => (pointer: string) => `left join ${relation} u on u.id = ${pointer}`;
    return {
      id: 'u.id',
      joins: joined(unified),
      foldedInto: () => NOTHING_FOLDED,
      narrowed: (named) => ({ queries: [near(named)], joins: joined('unified') }),
    };
  }
  const folded = qualified(legacy.schema, opportunitiesMapping.folded);
  const id = ident(foldedColumn(rule, 'id'));
  const isOne = `f.source = 'opportunities'`;
  const joined = (foldedRelation: string, relation: string) => (pointer: string) =>
    `left join ${foldedRelation} f on f.${id} = ${pointer} and ${isOne} ` +
    `left join ${relation} u on u.id = coalesce(f.unified_id, ${pointer})`;
  return {
    id: 'u.id',
    joins: joined(folded, unified),
    foldedInto: (wanted) =>
      `folded_ids as materialized (select f.${id} as id from ${folded} f where ${isOne} and ${wanted.hasUuid('f.unified_id')})`,
    narrowed: (named) => ({
      queries: [
        `named as materialized (${named})`,
        `folded as materialized (select f.source, f.unified_id, f.${id} from ${folded} f where ${isOne} and f.${id} = any (array(select id from named)))`,
        near('select id from named union select unified_id from folded'),
      ],
      joins: joined('folded', 'unified'),
    }),
  };
}

/** Before there are unified ones. */
function legacyOpportunities(legacy: LegacyDatabase): Opportunities {
  const table = legacy.tables.get('opportunities');
  if (table === undefined) {
    const joins = () => '';
    return {
      id: 'null::uuid',
      joins,
      foldedInto: () => NOTHING_FOLDED,
      narrowed: () => ({ queries: [], joins }),
    };
  }
  const relation = qualified(table.schema, table.name);
  const joins = (pointer: string) => `left join ${relation} u on u.id = ${pointer}`;
  return {
    id: 'u.id',
    joins,
    foldedInto: () => NOTHING_FOLDED,
    narrowed: () => ({ queries: [], joins }),
  };
}
