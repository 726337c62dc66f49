import { ident, qualified } from '../db/identifier.js';
import { type ConsolidationModel, feedsOf, goldenOf } from '../declare/model.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import { type BoundPhase, bindPhase } from '../mapping/bind.js';
import type { IndexSpec } from '../mapping/index-spec.js';
import { keyIndexes } from '../mapping/key-indexes.js';
import { locatorOf } from '../mapping/locate.js';
import type { InvariantSpec, Phase, PhaseDefinition, PlanChecks, PointerSpec } from '../mapping/phase.js';
import { boundSources, keyedSources } from './keyed-sources.js';
import { mappingOf } from './mapping.js';
import { matchingOf } from './matching.js';
import { consolidationMerger } from './merger.js';
import { reverseRules } from './reverse.js';
import { rulesOf } from './rules.js';
import { requireColumns, unconvertible } from './stops.js';
import { takeOverStops } from './take-over-stops.js';
import { foundModel } from './variants.js';

/** A phase with what it was declared as. */
export interface DeclaredPhase extends PhaseDefinition {
  readonly model: ConsolidationModel;
}

/** What a phase was declared as; null: it was written by hand. */
export function declaredModel(definition: PhaseDefinition): ConsolidationModel | null {
  return (definition as Partial<DeclaredPhase>).model ?? null;
}

/** A declared consolidation as the engine runs it. */
export function consolidationPhase(declared: ConsolidationModel): DeclaredPhase {
  const mapping = mappingOf(declared);
  const completed = mappingOf(declared, true);
  return {
    name: declared.name,
    mapping,
    model: declared,
    bind(legacy): Phase {
      requireColumns(legacy);
      const bound = bindPhase(isCompleted(declared, legacy) ? completed : mapping, legacy);
      const model = foundModel(declared, legacy);
      const matching = matchingOf(model, bound);
      return {
        name: model.name,
        schema: legacy.schema,
        bound,
        keyed: keyedSources(model, bound),
        merger: consolidationMerger(model, bound),
        resolution: null,
        pointers: pointers(model, bound),
        ...(matching !== null && { matching }),
        stops: [...unconvertible(model, bound), ...takeOverStops(model, bound)],
        indexes: indexes(bound),
        foreignKeys: [],
        invariants: invariants(model, bound, legacy.schema),
        planChecks: planChecks(model, bound),
        rules: rulesOf(declared),
        reverse: reverseRules(model, bound, legacy.schema),
        after: null,
      };
    },
  };
}

/** The tables of a phase are completed together. */
function isCompleted({ sources }: ConsolidationModel, { tables }: LegacyDatabase): boolean {
  return sources.some(({ table }) => tables.get(table)?.isCompleted === true);
}

/** The columns by which rows point to others; of several that point together, the one by which those are found again. */
function pointers(model: ConsolidationModel, bound: BoundPhase): PointerSpec[] {
  const sources = boundSources(model, bound);
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

function indexes(bound: BoundPhase): IndexSpec[] {
  return [
    { table: 'unified', kind: 'primary key', columns: ['id'] },
    { table: 'unified', kind: 'btree', columns: ['merge_key'] },
    { table: 'folded', kind: 'btree', columns: ['merge_key'] },
    { table: 'folded', kind: 'btree', columns: ['unified_id'] },
    ...keyIndexes(bound),
  ];
}

function invariants(model: ConsolidationModel, bound: BoundPhase, schema: string): InvariantSpec[] {
  const [unified, folded] = [qualified(schema, bound.mapping.unified), qualified(schema, model.duplicates)];
  const flags = model.sources.map(({ flag }) => `u.${ident(flag)}`);
  const scores = goldenOf(model).filter(({ type }) => type === 'score');
  return [
    { name: 'every unified row comes from a legacy row', broken: `not (${flags.join(' or ')})` },
    {
      name: 'every unified id is there once',
      violations: `select count(*) - count(distinct u.id) as n from ${unified} u`,
    },
    {
      name: 'every folded row belongs to a unified row',
      violations: `select count(*) as n from ${folded} f where not exists (select from ${unified} u where u.id = f.unified_id)`,
    },
    ...(scores.length === 0
      ? []
      : [
          {
            name: 'scores lie between 0 and 100',
            broken: scores.map(({ name }) => `not (u.${ident(name)} between 0 and 100)`).join(' or '),
          },
        ]),
    ...model.columns.flatMap((column) =>
      column.kind === 'golden' && column.type === 'list' ? [isList(column.name)] : [],
    ),
    ...generated(model),
  ];
}

function isList(name: string): InvariantSpec {
  const column = `u.${ident(name)}`;
  return {
    name: `${name} is an array of strings`,
    broken: `jsonb_typeof(${column}) <> 'array' or jsonb_path_exists(${column}, 'strict $[*] ? (@.type() <> "string")', silent => true)`,
  };
}

function generated({ columns }: ConsolidationModel): InvariantSpec[] {
  const broken = columns.flatMap((column) =>
    column.kind === 'generated'
      ? [
          `u.${ident(column.name)} is distinct from (select (${column.sql})::${column.type} from (select u.*) x)`,
        ]
      : [],
  );
  return broken.length === 0
    ? []
    : [{ name: 'generated columns equal what they are made of', broken: broken.join(' or ') }];
}

function planChecks(model: ConsolidationModel, bound: BoundPhase): PlanChecks {
  const found = feedsOf(model).flatMap(({ target, giver }) => {
    const source = bound.sources.find(({ rule }) => rule.table === giver.table);
    return source === undefined ? [] : [{ target, giver, source }];
  });
  const otherwise = new Map(goldenOf(model).map((golden) => [golden.name, golden.otherwise]));
  return {
    percentColumns: found.flatMap(({ giver: { conversion, column }, source }) =>
      conversion.kind === 'score' && conversion.scale === 'percent' ? [{ source, column }] : [],
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
