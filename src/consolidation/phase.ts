import {
  type ConsolidationModel,
  feedsOf,
  goldenOf,
  isOnePerKey,
  resolverOf,
  type ThingColumnModel,
  thingColumnOf,
} from '../declare/model.js';
import { isUniqueKey } from '../legacy/catalog.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import { type BoundPhase, bindPhase } from '../mapping/bind.js';
import type { ForeignKeySpec, IndexSpec } from '../mapping/index-spec.js';
import { keyIndexes } from '../mapping/key-indexes.js';
import { locatorOf } from '../mapping/locate.js';
import type { CrosswalkSpec, Phase, PhaseDefinition, PlanChecks, PointerSpec } from '../mapping/phase.js';
import { requireColumns, unconvertible } from './column-stops.js';
import { keyedByCrosswalk } from './crosswalk/keys.js';
import { crosswalkResolution } from './crosswalk/resolution.js';
import { crosswalkReverse, referenceOf } from './crosswalk/reverse.js';
import { crosswalkIn } from './crosswalk/uses.js';
import { invariants } from './invariants.js';
import { boundSources, keyedSources } from './keyed-sources.js';
import { answersOf, type BoundSources } from './keys.js';
import { madeThings } from './made-things.js';
import { mappingOf } from './mapping.js';
import { matchingOf } from './matching.js';
import { consolidationMerger } from './merger.js';
import { reverseRules } from './reverse.js';
import { rulesOf } from './rules.js';
import { sameKey } from './same-key.js';
import { takeOverStops } from './take-over-stops.js';
import { foundModel } from './variants.js';

/** A phase with what it was declared as. */
export interface DeclaredPhase extends PhaseDefinition {
  readonly model: ConsolidationModel;
}

/** What a phase was declared as; null: it was made without a declaration. */
export function declaredModel(definition: PhaseDefinition): ConsolidationModel | null {
  return (definition as Partial<DeclaredPhase>).model ?? null;
}

/** A declared consolidation as the engine runs it. */
export function consolidationPhase(declared: ConsolidationModel): DeclaredPhase {
  const mapping = mappingOf(declared);
  const completed = mappingOf(declared, true);
  const thing = thingColumnOf(declared);
  return {
    name: declared.name,
    mapping,
    model: declared,
    bind(legacy, existing): Phase {
      requireColumns(declared, legacy);
      const bound = bindPhase(isCompleted(declared, legacy) ? completed : mapping, legacy);
      const model = foundModel(declared, legacy);
      const made =
        thing === null ? undefined : madeThings(thing.of, legacy, existing.has(thing.of.consolidation));
      const phase = {
        name: model.name,
        schema: legacy.schema,
        bound,
        merger: consolidationMerger(model, bound),
        indexes: indexes(model, bound),
        invariants: invariants(model, bound, legacy),
        planChecks: planChecks(model, bound),
        rules: rulesOf(declared),
        after: thing?.of.consolidation ?? null,
      };
      if (resolverOf(model) !== null) return { ...phase, ...byCrosswalk(model, bound, legacy) };
      const sources = boundSources(model, bound, made);
      // What rows are about was matched by another consolidation.
      const matching = thing === null ? matchingOf(model, sources) : null;
      return {
        ...phase,
        keyed: keyedSources(model, sources),
        resolution: null,
        pointers: pointers(sources),
        crosswalks: crosswalks(sources),
        ...(matching !== null && { matching }),
        stops: [...unconvertible(model, bound), ...takeOverStops(model, bound)],
        foreignKeys: thing === null ? [] : [foreignKey(thing, legacy.schema)],
        reverse: reverseRules(model, sources, { schema: legacy.schema, unified: bound.mapping.unified }),
      };
    },
  };
}

/** What depends on a crosswalk, where the rows are resolved by one. */
function byCrosswalk(
  model: ConsolidationModel,
  bound: BoundPhase,
  legacy: LegacyDatabase,
): Pick<Phase, 'keyed' | 'resolution' | 'foreignKeys' | 'reverse'> {
  const foreignKeys = crosswalkKeys(model, legacy);
  return {
    keyed: keyedByCrosswalk(model, bound, legacy),
    resolution: crosswalkResolution(model, bound, legacy),
    foreignKeys,
    reverse: crosswalkReverse(model, bound, { legacy, hasForeignKey: foreignKeys.length > 0 }),
  };
}

function crosswalkKeys(model: ConsolidationModel, { tables }: LegacyDatabase): ForeignKeySpec[] {
  const { table: name, id } = crosswalkIn(model);
  const table = tables.get(name);
  if (table === undefined || !isUniqueKey(table, id)) return [];
  // It would refuse rows of the crosswalk that are in an inheriting table.
  if (table.hasChildren) return [];
  return [
    {
      column: referenceOf(model),
      references: { schema: table.schema, table: table.name, column: id },
      onDelete: 'set null',
    },
  ];
}

/** The tables of a phase are completed together. */
function isCompleted({ sources }: ConsolidationModel, { tables }: LegacyDatabase): boolean {
  return sources.some(({ table }) => tables.get(table)?.isCompleted === true);
}

function foreignKey({ name, of, onDelete }: ThingColumnModel, schema: string): ForeignKeySpec {
  return { column: name, references: { schema, table: of.into, column: 'id' }, onDelete };
}

/** The columns by which rows point to others; of several that point together, the one by which those are found again. */
function pointers(sources: BoundSources): PointerSpec[] {
  return [...sources.values()].flatMap(({ model: { match }, bound: from }) =>
    match.flatMap((step) => {
      const to = step.kind === 'via' ? sources.get(step.table) : undefined;
      if (step.kind !== 'via' || to === undefined) return [];
      const at = to.model.identity.indexOf(locatorOf(to.bound).name);
      const column = from.columns.find(({ name }) => name === step.columns[at]);
      return column === undefined ? [] : [{ from, column, to: to.bound }];
    }),
  );
}

/** Which rows are resolved by which others. */
function crosswalks(sources: BoundSources): CrosswalkSpec[] {
  return [...sources.values()].flatMap(({ model: source, bound: from }) =>
    source.match.flatMap((step): CrosswalkSpec[] => {
      if (step.kind !== 'through') return [];
      const to = sources.get(step.table);
      const answers = to === undefined ? null : answersOf(step, 'r', sources);
      if (to === undefined || answers === null) return [];
      const by = sameKey(step.step, source, 'r');
      return [{ from, by, to: to.bound, toBy: answers.by, isIndirect: answers.joins !== '' }];
    }),
  );
}

function indexes(model: ConsolidationModel, bound: BoundPhase): IndexSpec[] {
  const thing = thingColumnOf(model);
  const isOne = isOnePerKey(model);
  const references = model.columns.filter(({ kind }) => kind === 'reference');
  return [
    { table: 'unified', kind: 'primary key', columns: ['id'] },
    { table: 'unified', kind: isOne ? 'unique' : 'btree', columns: ['merge_key'] },
    ...(thing === null ? [] : [{ table: 'unified', kind: 'unique', columns: [thing.name] } as const]),
    ...references.map(({ name }): IndexSpec => ({ table: 'unified', kind: 'btree', columns: [name] })),
    { table: 'folded', kind: 'btree', columns: ['merge_key'] },
    ...(isOne ? [] : [{ table: 'folded', kind: 'btree', columns: ['unified_id'] } as const]),
    ...keyIndexes(bound),
  ];
}

function planChecks(model: ConsolidationModel, bound: BoundPhase): PlanChecks {
  const feeds = feedsOf(model);
  const found = bound.sources.flatMap((source) =>
    source.columns.flatMap(({ name, type }) =>
      feeds
        .filter(({ giver: { table, column } }) => table === source.rule.table && column === name)
        .map(({ target, giver }) => ({ source, type, target, giver })),
    ),
  );
  const otherwise = new Map(goldenOf(model).map((golden) => [golden.name, golden.otherwise]));
  return {
    percentColumns: found.flatMap(({ giver: { conversion, column }, source, type }) =>
      conversion.kind === 'score' && conversion.scale === 'percent' && type.category === 'N'
        ? [{ source, column }]
        : [],
    ),
    vocabularies: found.flatMap(({ target, giver: { conversion, column }, source }) =>
      conversion.kind === 'words'
        ? [
            {
              source,
              column,
              known: [...conversion.words.keys()],
              becomes: conversion.otherwise ?? otherwise.get(target) ?? null,
            },
          ]
        : [],
    ),
  };
}
