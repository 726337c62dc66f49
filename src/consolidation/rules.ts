import { goldenOf } from '../declare/check.js';
import type {
  ConsolidationModel,
  ConversionModel,
  GiverModel,
  GoldenModel,
  SourceModel,
  StepModel,
} from '../declare/model.js';

/**
 * What the rows of a consolidation depend on beside the tables, by what a person calls it: the ledger keeps it, and a
 * declaration that says otherwise later is refused by name. Normalizers are in it by their names, whose meaning never changes.
 */
export function rulesOf(model: ConsolidationModel): Readonly<Record<string, string>> {
  const { into, duplicates, sources, columns, veto } = model;
  return Object.fromEntries([
    ['unified table', into],
    ['table of duplicates', duplicates],
    ['order of the sources', sources.map(({ table }) => table).join(', ')],
    ...sources.flatMap(sourceRules),
    ['columns', columns.map(({ name }) => name).join(', ')],
    ...columns.flatMap((column) =>
      column.kind === 'golden' ? goldenRules(column) : [[`column ${column.name}`, column.kind] as const],
    ),
    ['veto', veto === null ? 'none' : `${pairs(veto.columns)} as ${veto.normalizer.name}`],
    ...goldenOf(model).flatMap(conversionRules),
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
    [`winner of ${table}`, winner.by],
    [`prefix of ${table}`, prefix],
    [`flag of ${table}`, flag],
  ];
}

function step(one: StepModel): string {
  if (one.kind === 'via') return `via ${one.table} (${one.columns.join(', ')})`;
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

function goldenRules(golden: GoldenModel): Rule[] {
  const { name, type, sqlType, givers, survivorship, together, otherwise, words } = golden;
  const from = givers.map((giver) => `${giverName(giver)}${giver.keepsOwn ? ' (kept as well)' : ''}`);
  const says = [
    `${sqlType ?? type} from ${from.join(', ')} by ${survivorship}`,
    ...(together === null ? [] : [`together with ${together}`]),
    ...(otherwise === null ? [] : [`else ${JSON.stringify(otherwise)}`]),
    ...(words === null ? [] : [`one of ${words.join(', ')}`]),
  ];
  return [[`column ${name}`, says.join(', ')]];
}

function conversionRules({ name, givers }: GoldenModel): Rule[] {
  return givers.map((giver) => [
    `conversion of ${giverName(giver)} into ${name}`,
    conversionText(giver.conversion),
  ]);
}

function conversionText(conversion: ConversionModel): string {
  const { kind, ...rest } = conversion;
  const says = Object.entries(rest).map(([member, value]) => `${member} ${valueText(value)}`);
  return [kind, ...says].join(' ');
}

function valueText(value: unknown): string {
  if (value instanceof Map) return pairs(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const pairs = (map: ReadonlyMap<string, string>) =>
  [...map].map(([from, to]) => `${from} = ${to}`).join(', ');
