import { ident, literal, qualified } from '../db/identifier.js';
import type { BoundSource } from '../mapping/bind.js';
import { fromClause, tableOf } from '../mapping/keyed-source.js';
import type { BoundColumn } from '../mapping/mapping.js';
import type { Phase } from '../mapping/phase.js';
import { fromFolded, fromUnified } from '../mapping/restore.js';
import { targetsOf, viewName } from '../mapping/targets.js';
import { ON_VIEWS, type Question, type QuestionsDefinition } from '../project/questions.js';

/** Arguments of a question that an index answers, and of one that goes over whole tables. */
const MANY = 25;
const FEW = 5;
const BY_IDENTITY = 'by-identity';

/**
 * What is asked of a project that declares no questions: look-ups by the identity of each source, on the tables and under the
 * old names, and all rows of one thing by its match key.
 *
 * @param stands the consolidations that are asked
 */
export function lookUps(stands: readonly string[]): QuestionsDefinition {
  return {
    stands,
    async bind({ phases }) {
      return { asked: phases.flatMap(asked), further: [] };
    },
    goals: [],
    sideBySide: BY_IDENTITY,
  };
}

function asked(phase: Phase): Question[] {
  const sources = phase.bound.sources.filter(({ rule }) => rule.flag !== null);
  return [
    ...sources.map((source) => byIdentity(phase, source)),
    byMatchKey(phase),
    ...sources.map((source) => underOldName(phase, source)),
  ];
}

const kebab = (...parts: readonly string[]) => parts.join('-').replaceAll('_', '-');

function identityOf({ rule, columns }: BoundSource): BoundColumn[] {
  return columns.filter(({ name }) => rule.identity.includes(name));
}

/** A condition on an identity by the literals of a call. */
function isCalled(values: readonly string[], args: readonly string[]): string {
  return values.map((value, at) => `${value} = ${args[at] ?? 'null'}`).join(' and ');
}

/** Identities of rows that are in the unified table, spread by their keys. */
function someIdentities(phase: Phase, source: BoundSource): string {
  const values = identityOf(source).map(
    (column) => `(${fromUnified(source, column, 'u')})::text as ${ident(column.name)}`,
  );
  return `select ${values.join(', ')} from ${targetsOf(phase).unified.qualified} u where u.${ident(String(source.rule.flag))} order by u.merge_key limit ${MANY}`;
}

function byIdentity(phase: Phase, source: BoundSource): Question {
  const { rule, columns } = source;
  const identity = identityOf(source);
  const { unified } = targetsOf(phase);
  const all = (value: (column: BoundColumn) => string) =>
    columns.map((column) => `${value(column)} as ${ident(column.name)}`).join(', ');
  const names = identity.map(({ name }) => name).join(', ');
  return {
    group: BY_IDENTITY,
    name: kebab(rule.table, 'by', 'identity'),
    asks: `A row of ${rule.table} by ${names} (${MANY} in turn)`,
    legacy: (...args) =>
      `select ${all(({ name }) => `r.${ident(name)}`)} from ${tableOf(source)} r where ${isCalled(
        identity.map(({ name }) => `r.${ident(name)}`),
        args,
      )}`,
    unified: (...args) =>
      `select ${all((column) => fromUnified(source, column, 'u'))} from ${unified.qualified} u where u.${ident(String(rule.flag))} and ${isCalled(
        identity.map((column) => fromUnified(source, column, 'u')),
        args,
      )}`,
    parameters: someIdentities(phase, source),
  };
}

function underOldName(phase: Phase, source: BoundSource): Question {
  const { table } = source.rule;
  const where = (args: readonly string[]) =>
    isCalled(
      identityOf(source).map(({ name }) => `r.${ident(name)}`),
      args,
    );
  return {
    group: ON_VIEWS,
    name: kebab(table, 'under', 'its', 'old', 'name'),
    asks: `A row of ${table} by its identity, through the view (${MANY} in turn)`,
    legacy: (...args) => `select * from ${tableOf(source)} r where ${where(args)}`,
    unified: (...args) => `select * from ${qualified(phase.schema, viewName(table))} r where ${where(args)}`,
    parameters: someIdentities(phase, source),
  };
}

/** Which rows are about one thing: in the legacy tables the key of every row has to be worked out. */
function byMatchKey(phase: Phase): Question {
  const { unified, folded } = targetsOf(phase);
  const { mapping, sources } = phase.bound;
  const row = (source: BoundSource, value: (column: BoundColumn) => string) =>
    `${literal(source.rule.table)} as source, array[${identityOf(source)
      .map((column) => `(${value(column)})::text`)
      .join(', ')}] as row`;
  const flags = sources.flatMap(({ rule }) => rule.flag ?? []);
  const met = flags.map((flag) => `u.${ident(flag)}::int`).join(' + ');
  return {
    group: 'by-match-key',
    name: kebab(mapping.phase, 'by', 'match', 'key'),
    asks: `All rows of one ${mapping.thing} by its match key (${FEW} in turn)`,
    whole: true,
    legacy: (key = 'null') =>
      `${phase.keyed[0]?.with ?? ''} ${phase.keyed
        .map(
          (keyed) =>
            `select ${row(keyed.source, ({ name }) => `r.${ident(name)}`)} from ${fromClause(keyed)} where ${keyed.key} = ${key}::uuid`,
        )
        .join(' union all ')}`,
    unified: (key = 'null') =>
      sources
        .flatMap((source) => [
          ...(source.rule.flag === null
            ? []
            : [
                `select ${row(source, (column) => fromUnified(source, column, 'u'))} from ${unified.qualified} u where u.merge_key = ${key}::uuid and u.${ident(source.rule.flag)}`,
              ]),
          `select ${row(source, (column) => fromFolded(source, column, 'f'))} from ${folded.qualified} f where f.merge_key = ${key}::uuid and f.source = ${literal(source.rule.table)}`,
        ])
        .join(' union all '),
    parameters: `select u.merge_key::text from ${unified.qualified} u order by ${met === '' ? '0' : met} desc, u.merge_key limit ${FEW}`,
  };
}
