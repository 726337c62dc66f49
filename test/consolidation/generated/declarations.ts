import fc from 'fast-check';
import { projectOf } from '../../../src/consolidation/project.js';
import type { Golden } from '../../../src/declare/golden.js';
import * as d from '../../../src/declare.js';
import type { Project } from '../../../src/index.js';

/** A source as it is drawn: plain values, so that a failure prints what was wrong. */
export interface SourceSpec {
  readonly identity: 'int' | 'text' | 'pair' | 'uuid' | 'always';
  readonly types: Readonly<Record<keyof typeof TYPES, string>>;
  /** Steps of the ladder, in their order. */
  readonly ladder: readonly ('mail' | 'code' | 'via')[];
  readonly winner: d.Winner;
  readonly hasTimes: boolean;
}

/** A shared column as it is drawn. */
export interface ColumnSpec {
  readonly of: keyof typeof COLUMNS;
  /** By their places; those that are not there are left out. */
  readonly givers: readonly number[];
  readonly newest: boolean;
  readonly otherwise: boolean;
  /** The source whose note is a further giver; -1: none. */
  readonly also: number;
}

export interface DeclarationSpec {
  readonly sources: readonly SourceSpec[];
  readonly columns: readonly ColumnSpec[];
  readonly together: 'none' | 'precedence' | 'newest';
  readonly veto: boolean;
}

/** The types that a column of every source may have. */
const TYPES = {
  mail: ['text', 'varchar(40)', 'name'],
  code: ['int', 'text', 'char(6)', 'bigint'],
  label: ['text', 'varchar(12)', 'char(8)'],
  amount: ['int', 'numeric(8,2)', 'numeric', 'smallint', 'text', 'double precision'],
  truth: ['boolean', 'text', 'int'],
  day: ['date', 'text', 'timestamp'],
  at: ['timestamptz', 'timestamp', 'timestamptz(0)', 'bigint'],
  word: ['text', 'varchar(9)'],
  doc: ['jsonb', 'json'],
  note: ['text', 'varchar(5)'],
  made: ['timestamptz', 'date', 'timestamp'],
  extra: ['int[]', 'interval', 'bytea', 'numeric', 'char(3)'],
} as const;

type Any = Readonly<Record<string, never>>;

/** What a column of a source gives a shared one. */
const COLUMNS = {
  label: (all) => d.text(...all.map(([s]) => s.label as never)),
  amount: (all) => d.numeric(...all.map(([s]) => s.amount as never)),
  whole: (all) => d.integer(...all.map(([s]) => d.computed<number>(s as never, 'length(mail::text)'))),
  price: (all) =>
    d.numeric(...all.map(([s, spec]) => (spec.types.code === 'int' ? d.times(s.code as never, '0.01') : (s.code as never)))),
  truth: (all) =>
    d.boolean(
      ...all.map(([s, spec]) =>
        spec.types.truth === 'boolean' ? (s.truth as never) : d.truth(s.truth as never, { yes: ['t', '1', 'yes'], no: ['f', '0'] }),
      ),
    ),
  day: (all) => d.date(...all.map(([s]) => s.day as never)),
  at: (all) =>
    d.moment(
      ...all.map(([s, { types }]) =>
        types.at === 'timestamp' ? d.inZone(s.at as never, '+02:00') : types.at === 'bigint' ? d.epoch(s.at as never) : (s.at as never),
      ),
    ),
  word: (all) => WORDS(...all.map(([s]) => s.word as never)) as never,
  doc: (all) => d.json(...all.map(([s]) => s.doc as never)),
} satisfies Readonly<Record<string, (all: readonly (readonly [Any, SourceSpec])[]) => Golden<never> | Golden<unknown>>>; // biome-ignore format: a table

const WORDS = d.words({ one: 'one ONE eins', two: ['two', 'zwei '], three: [] });
const CONSTANTS: Readonly<Record<string, unknown>> = {
  label: 'none', amount: 0, truth: true, word: 'three', day: '2000-01-01', doc: '{}', whole: -1, price: 1,
}; // biome-ignore format: a table

export const nameOf = (at: number) => `source_${at}`;
export const identityOf = ({ identity }: SourceSpec) => (identity === 'pair' ? ['id', 'sub'] : ['id']);
export const typeOfId = ({ identity }: SourceSpec) =>
  ({ int: 'int', text: 'text', pair: 'smallint', uuid: 'uuid', always: 'bigint' })[identity];
/** The source that a row's pointer names, if the declaration says so. */
const pointedTo = (at: number) => at - 1;

/** The tables. */
export function ddlOf({ sources }: DeclarationSpec): string {
  return sources
    .map((spec, at) => {
      const target = sources[pointedTo(at)] ?? spec;
      const id = `id ${typeOfId(spec)} not null${spec.identity === 'always' ? ' generated always as identity' : ''}`;
      const columns = Object.entries(spec.types).map(([name, type]) => `${name} ${type}`);
      return `create table ${nameOf(at)} (${id}, sub varchar(3) not null default 'x', ${columns.join(', ')}, changed ${spec.types.made}, ptr ${typeOfId(target)}, ptr_sub text, twice text generated always as (note::text || '!') stored, primary key (${identityOf(spec).join(', ')}));`;
    })
    .join('\n');
}

export function projectOfSpec(spec: DeclarationSpec): Project {
  const sources: Any[] = [];
  spec.sources.forEach((one, at) => {
    const target = spec.sources[pointedTo(at)];
    const match = one.ladder.flatMap((step) => {
      if (step === 'mail') return [d.same(d.email.none(['a@none']), 'mail' as never)];
      if (step === 'code')
        return [d.same(d.key('code', { kind: d.exact, no: d.wholeNumber }), { kind: d.constant('k'), no: 'code' as never })];
      if (target === undefined) return [];
      const pointers = target.identity === 'pair' ? ['ptr', 'ptr_sub'] : ['ptr'];
      return [d.via(sources[pointedTo(at)] as never, ...(pointers as never[]))];
    }); // biome-ignore format: steps
    sources.push(
      d.source(nameOf(at), {
        identity: identityOf(one) as never,
        match: match as never,
        winner: one.winner,
        times: one.hasTimes ? { created: ['made' as never], updated: ['changed' as never] } : {},
      }) as never,
    );
  });
  const columns = spec.columns.map((column) => [column.of, goldenOf(column, spec, sources)] as const);
  const grouped = columns.filter(([name]) => name === 'label' || name === 'day');
  const isGroup = spec.together !== 'none' && grouped.length === 2;
  return projectOf([
    d.consolidation('all', {
      into: 'unified',
      sources: sources as never,
      columns: {
        ...Object.fromEntries(columns),
        ...(isGroup && d.together(Object.fromEntries(grouped), spec.together as 'newest')),
        first: d.earliest,
        last: d.latest,
      },
      ...(spec.veto && { veto: d.differs(d.trimmed, ...sources.map((source) => source.word as never)) }),
    }),
  ]);
}

function goldenOf(column: ColumnSpec, spec: DeclarationSpec, sources: readonly Any[]): Golden<unknown> {
  const isGrouped = spec.together !== 'none' && (column.of === 'label' || column.of === 'day');
  const named = isGrouped ? sources.map((_, at) => at) : [...new Set(column.givers)].filter((at) => at < sources.length);
  const givers = (named.length === 0 ? [0] : named).map((at) => [sources[at] as Any, spec.sources[at] as SourceSpec] as const);
  let golden = COLUMNS[column.of](givers) as Golden<unknown>;
  if (column.newest && !isGrouped) golden = d.newest(golden);
  const also = sources[column.also];
  if (column.of === 'label' && also !== undefined && !isGrouped) golden = golden.else(also.note as never);
  const constant = CONSTANTS[column.of];
  return column.otherwise && constant !== undefined ? golden.else(constant as never) : golden;
} // biome-ignore format: short

const types = fc.record(
  Object.fromEntries(Object.entries(TYPES).map(([name, all]) => [name, fc.constantFrom<string>(...all)])),
) as fc.Arbitrary<SourceSpec['types']>;

const source: fc.Arbitrary<SourceSpec> = fc.record({
  identity: fc.constantFrom('int', 'text', 'pair', 'uuid', 'always'),
  types,
  ladder: fc.uniqueArray(fc.constantFrom('via', 'mail', 'code'), { maxLength: 3 }),
  winner: fc.constantFrom('newest', 'most-values', 'oldest', 'smallest-identity'),
  hasTimes: fc.boolean(),
});

const column = (of: ColumnSpec['of']): fc.Arbitrary<ColumnSpec> =>
  fc.record({
    of: fc.constant(of),
    givers: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 }),
    newest: fc.boolean(),
    otherwise: fc.boolean(),
    also: fc.integer({ min: -1, max: 2 }),
  });

/** One home per column: each shared column is drawn at most once. */
export const declarations: fc.Arbitrary<DeclarationSpec> = fc.record({
  sources: fc.array(source, { minLength: 1, maxLength: 3 }),
  columns: fc
    .subarray(Object.keys(COLUMNS) as ColumnSpec['of'][], { minLength: 2 })
    .chain((names) => fc.tuple(...names.map(column))),
  together: fc.constantFrom('none', 'precedence', 'newest'),
  veto: fc.boolean(),
});
