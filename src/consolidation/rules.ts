import {
  type ColumnModel,
  type ConsolidationModel,
  type ConversionModel,
  type CrosswalkModel,
  type FallbackModel,
  type Feed,
  feedsOf,
  type GiverModel,
  type GoldenModel,
  resolverOf,
  type SourceModel,
  type StepModel,
  type ThingModel,
  type TimeModel,
} from '../declare/model.js';

/**
 * What the rows of a consolidation depend on beside the tables, by what a person calls it: the ledger keeps it, and a
 * declaration that says otherwise later is refused by name. Normalizers are in it by their names, whose meaning never changes.
 */
export function rulesOf(model: ConsolidationModel): Readonly<Record<string, string>> {
  const { into, id, duplicates, sources, columns, veto } = model;
  return Object.fromEntries([
    ['unified table', into],
    ...(id === null ? [] : [['ids', `those of ${id.table}.${id.column}`] as const]),
    ['table of duplicates', duplicates],
    ['order of the sources', sources.map(({ table }) => table).join(', ')],
    ...sources.flatMap(sourceRules),
    ...crosswalkRules(resolverOf(model)),
    ['columns', columns.map(({ name }) => name).join(', ')],
    ...columns.flatMap(columnRules),
    ['veto', veto === null ? 'none' : `${pairs(veto.columns)} as ${veto.normalizer.name}`],
    ...feedsOf(model).map(conversionRule),
    ...(model.ids === undefined
      ? []
      : [
          [
            'ids',
            `of ${model.ids.table}, else from ${JSON.stringify(model.ids.otherwise)} and the key`,
          ] as const,
        ]),
  ]);
}

type Rule = readonly [name: string, says: string];

function sourceRules(source: SourceModel): Rule[] {
  const { table, identity, within, match, times, winner, prefix, flag } = source;
  const listed = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));
  return [
    [`identity of ${table}`, listed(identity)],
    [`within of ${table}`, listed(within)],
    [`ladder of ${table}`, listed(match.map(step))],
    [`times of ${table}`, `created ${listed(times.created)}, updated ${listed(times.updated)}`],
    [
      `winner of ${table}`,
      winner.version === undefined ? winner.by : `${winner.by}, then highest ${winner.version}`,
    ],
    [`prefix of ${table}`, prefix],
    [`flag of ${table}`, flag],
    // Only where there are such: a ledger of a version that did not know them goes on.
    ...(source.isWhole === true ? [[`rows of ${table}`, 'kept whole'] as const] : []),
    ...(source.alike.length === 0 ? [] : [[`alike in ${table}`, listed(source.alike)] as const]),
    ...(source.distinct === undefined
      ? []
      : [[`distinct in ${table}`, source.distinct.map((names) => names.join(' or ')).join(', ')] as const]),
    ...(source.attach === undefined ? [] : [[`attach ${table}`, source.attach.join(' or ')] as const]),
    ...[...source.names].map(([column, name]) => [`name of ${table}.${column}`, name] as const),
    ...source.variants.flatMap(({ name, tells, needs, match: own }): Rule[] => [
      [`variant ${name} of ${table}`, `told by ${listed(tells)}, needs ${listed(needs)}`],
      ...(own === null ? [] : [[`ladder of ${table}, variant ${name}`, listed(own.map(step))] as const]),
    ]),
  ];
}

function step(one: StepModel): string {
  if (one.kind === 'via') return `via ${one.table} (${one.columns.join(', ')})`;
  if (one.kind === 'thing') return `${thing(one.of)} by ${one.column}`;
  if (one.kind === 'named') return `named ${one.column}`;
  if (one.kind === 'resolve')
    return `resolve ${one.crosswalk.table} (${[...one.ids, one.alias === null ? 'no alias' : `alias ${one.alias}`].join(', ')})`;
  if (one.kind === 'through') return `through ${one.table} by ${step(one.step)}`;
  const parts = one.parts.map((part, at) => {
    const { name = '', normalizer } = one.key.parts[at] ?? {};
    return `${name}: ${'constant' in part ? JSON.stringify(part.constant) : part.column} as ${normalizer?.name}`;
  });
  return `same ${one.key.name} (${parts.join(', ')})`;
}

/** What gives a value: a column, or SQL over the columns of a row. */
function giverName({ table, column, conversion }: GiverModel): string {
  return conversion.kind === 'computed' ? `${table}: ${conversion.sql}` : `${table}.${column}`;
}

const thing = ({ consolidation, table }: ThingModel) => `what ${consolidation} made of ${table}`;

function columnRules(column: ColumnModel): Rule[] {
  const name = `column ${column.name}`;
  switch (column.kind) {
    case 'golden':
      return goldenRules(column);
    case 'members':
      return column.members.map((member) => [
        `${name}.${member.name}`,
        `score from ${member.givers.map(giverName).join(', ')}`,
      ]);
    case 'reference':
      return [[name, `the row of ${column.crosswalk.table}`]];
    case 'kept':
      return [[name, `${column.type}, ${column.from.table}.${column.from.column} as it is`]];
    case 'generated':
      return [[name, `${column.type}, generated as ${column.sql}`]];
    case 'thing':
      return [[name, `${thing(column.of)}, on delete ${column.onDelete}`]];
    case 'fold':
      return [[name, JSON.stringify(column.fold)]];
    case 'empty':
      return [[name, `${column.type}, empty`]];
    default:
      return [[name, timeText(column)]];
  }
}

function goldenRules(golden: GoldenModel): Rule[] {
  const { name, type, sqlType, givers, survivorship, together, fallbacks = [], otherwise, words } = golden;
  const from = givers.map(
    (giver) =>
      `${giverName(giver)}${giver.keepsOwn ? ' (kept as well)' : ''}${giver.variant === undefined ? '' : ` in variant ${giver.variant}`}`,
  );
  const says = [
    `${sqlType ?? type} from ${from.join(', ')} by ${survivorship}${golden.nullsCount === true ? ', nulls included' : ''}`,
    ...(golden.blankIsNone === true ? ['blank is none'] : []),
    ...(together === null ? [] : [`together with ${together}`]),
    ...fallbacks.map(fallbackText),
    ...(otherwise === null ? [] : [`else ${JSON.stringify(otherwise)}`]),
    ...(words === null ? [] : [`one of ${words.join(', ')}`]),
  ];
  return [[`column ${name}`, says.join(', ')]];
}

function timeText({ kind, otherwise, notBefore }: TimeModel): string {
  return [
    kind,
    ...(otherwise === undefined ? [] : [`else ${otherwise.crosswalk.table}.${otherwise.column}`]),
    ...(notBefore === undefined ? [] : [`not before ${notBefore}`]),
  ].join(', ');
}

function fallbackText(fallback: FallbackModel): string {
  if (fallback.kind === 'crosswalk') return `else ${fallback.crosswalk.table}.${fallback.column}`;
  const { column, words } = fallback;
  return words === null ? `else the value of ${column}` : `else the first words of ${column} (${words})`;
}

function crosswalkRules(crosswalk: CrosswalkModel | null): Rule[] {
  if (crosswalk === null) return [];
  const { table, id, alias, variants, prefixes, oldest } = crosswalk;
  const aliases = variants.map((variant) => `${variant.alias} in ${variant.name}`);
  return [
    ['crosswalk', `${table} by ${id}, the oldest by ${oldest}`],
    [
      'alias of the crosswalk',
      [alias ?? aliases.join(', '), ...prefixes.map((one) => JSON.stringify(one))].join(', '),
    ],
  ];
}

function conversionRule({ target, member, giver }: Feed): Rule {
  const into = member === null ? target : `${target}.${member}`;
  return [`conversion of ${giverName(giver)} into ${into}`, conversionText(giver.conversion)];
}

function conversionText(conversion: ConversionModel): string {
  switch (conversion.kind) {
    case 'unless':
      return `unless ${JSON.stringify(conversion.is)} of (${conversionText(conversion.of)})`;
    case 'when': {
      const { column, cases, otherwise } = conversion;
      const listed = [...cases].map(([word, of]) => `${JSON.stringify(word)} = (${conversionText(of)})`);
      const rest = otherwise === null ? 'nothing' : `(${conversionText(otherwise)})`;
      return `when ${column} is ${listed.join(', ')}, else ${rest}`;
    }
    case 'split': {
      const { part, split } = conversion;
      const words = [...split.words].map(([word, says]) => `${JSON.stringify(word)} = (${pairs(says)})`);
      return `part ${part} of ${words.join(', ')}`;
    }
    default: {
      const { kind, ...rest } = conversion;
      return [kind, ...Object.entries(rest).map(([member, value]) => `${member} ${valueText(value)}`)].join(
        ' ',
      );
    }
  }
}

function valueText(value: unknown): string {
  if (value instanceof Map) return pairs(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const pairs = (map: ReadonlyMap<string, string>) =>
  [...map].map(([from, to]) => `${from} = ${to}`).join(', ');
