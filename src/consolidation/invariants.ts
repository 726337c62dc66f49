import { ident, qualified } from '../db/identifier.js';
import { type ConsolidationModel, goldenOf, isOnePerKey, isTime, thingColumnOf } from '../declare/model.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import type { BoundPhase } from '../mapping/bind.js';
import type { InvariantSpec } from '../mapping/phase.js';
import { mergedSources } from './fold-ddl.js';

/** What holds of the tables of a consolidation, whatever their rows are. */
export function invariants(
  model: ConsolidationModel,
  bound: BoundPhase,
  { schema, tables }: Pick<LegacyDatabase, 'schema' | 'tables'>,
): InvariantSpec[] {
  const [unified, folded] = [qualified(schema, bound.mapping.unified), qualified(schema, model.duplicates)];
  const flags = mergedSources(model).map(({ flag }) => `u.${ident(flag)}`);
  const scores = goldenOf(model).filter(({ type }) => type === 'score');
  const [link, name] = isOnePerKey(model) ? ['merge_key', 'merge_key'] : ['unified_id', 'id'];
  const hasWhole = `exists (select from ${folded} f where f.${link} = u.${name})`;
  return [
    {
      name: 'every unified row comes from a legacy row',
      ...(isOnePerKey(model)
        ? {
            violations: `select count(*) as n from ${unified} u where not (${[...flags, hasWhole].join(' or ')})`,
          }
        : { broken: `not (${flags.join(' or ')})` }),
    },
    {
      name: 'every unified id is there once',
      violations: `select count(*) - count(distinct u.id) as n from ${unified} u`,
    },
    {
      name: 'every folded row belongs to a unified row',
      violations: `select count(*) as n from ${folded} f where not exists (select from ${unified} u where u.${name} = f.${link})`,
    },
    ...thingInvariants(model, schema),
    ...(scores.length === 0
      ? []
      : [
          {
            name: 'scores lie between 0 and 100',
            broken: scores.map(({ name }) => `not (u.${ident(name)} between 0 and 100)`).join(' or '),
          },
        ]),
    ...generated(model),
    ...model.columns.flatMap((column) =>
      column.kind === 'golden' && column.type === 'list' ? [isList(column.name)] : [],
    ),
    ...model.columns.flatMap((column) =>
      isTime(column) && column.notBefore !== undefined
        ? [
            {
              name: `${column.notBefore} is not later than ${column.name}`,
              broken: `u.${ident(column.notBefore)} > u.${ident(column.name)}`,
            },
          ]
        : [],
    ),
    ...model.columns.flatMap((column) => {
      const crossed = column.kind === 'reference' ? tables.get(column.crosswalk.table) : undefined;
      if (column.kind !== 'reference' || crossed === undefined) return [];
      const name = `u.${ident(column.name)}`;
      return [
        {
          name: `every ${column.name} is there`,
          violations: `select count(*) as n from ${unified} u where ${name} is not null and not exists (select from ${qualified(crossed.schema, crossed.name)} s where s.${ident(column.crosswalk.id)} = ${name})`,
        },
      ];
    }),
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

function thingInvariants(model: ConsolidationModel, schema: string): InvariantSpec[] {
  const thing = thingColumnOf(model);
  if (thing === null) return [];
  const unified = qualified(schema, model.into);
  const column = `u.${ident(thing.name)}`;
  const made = qualified(schema, thing.of.into);
  return [
    {
      name: `every row of ${thing.of.into} has one at most`,
      violations: `select count(${column}) - count(distinct ${column}) as n from ${unified} u`,
    },
    {
      name: `every ${thing.name} is there`,
      violations: `select count(*) as n from ${unified} u where ${column} is not null and not exists (select from ${made} o where o.id = ${column})`,
    },
  ];
}
