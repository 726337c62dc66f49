import { counted, percent } from '../format/format.js';
import { comment, listOf, memberName, stringOf } from './code.js';
import { normalizerFor } from './keys.js';
import type { Link } from './links.js';
import type { Names } from './print-names.js';
import type { KeyWithHubs, Proposal, SourceProposal } from './propose.js';

/** The keys that have a name of their own. */
export function keyLines({ keys }: Proposal, names: Names): string[] {
  const lines = keys.flatMap((key) => {
    const variable = names.keys.get(key) ?? '';
    const normalizer = `d.${key.normalizer}${key.hubs.length > 0 ? `.none(${listOf(key.hubs.map(({ value }) => value))})` : ''}`;
    const hubs = key.hubs
      .map(({ value, rows }) => `${stringOf(value)} is in ${counted(rows, 'row')}`)
      .join(', ');
    const why = hubs === '' ? '' : comment(`${hubs}: no identity`, true);
    if (key.part === null && !isNamed(key, keys)) return [`const ${variable} = ${normalizer};${why}`];
    const parts = key.part === null ? '' : `${memberName(partName(key))}: d.${partNormalizer(key)}, `;
    return [
      `const ${variable} = d.key(${stringOf(variable)}, { ${parts}${memberName(valueName(key))}: ${normalizer} });${why}`,
    ];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

/** Two keys that are spelled alike meet, unless one of them has a name. */
function isNamed(key: KeyWithHubs, keys: readonly KeyWithHubs[]): boolean {
  return keys.find(({ normalizer, part }) => part === null && normalizer === key.normalizer) !== key;
}

const firstName = (columns: ReadonlyMap<string, { readonly name: string }>) =>
  [...columns.values()][0]?.name ?? 'value';

function valueName({ columns }: KeyWithHubs): string {
  return firstName(columns);
}

function partName(key: KeyWithHubs): string {
  const name = firstName(key.part?.columns ?? new Map());
  return name === valueName(key) ? `${name}_part` : name;
}

function partNormalizer({ part }: KeyWithHubs): string {
  const forms = [...(part?.columns.values() ?? [])].map(({ form }) => form);
  return (part?.constants.size ?? 0) > 0 ? 'folded' : normalizerFor(forms);
}

/** A source with its ladder. */
export function sourceLines(source: SourceProposal, proposal: Proposal, names: Names): string[] {
  const { side, prefix, times, pointers } = source;
  const { table } = side;
  const within = proposal.within?.get(table.name);
  const steps = [
    ...pointers.map(({ to, columns, link }) => ({
      text: `d.via(${[names.sources.get(to) ?? '', ...columns.map(stringOf)].join(', ')})`,
      note: link === null ? comment('a foreign key', true) : comment(reasonOf(link), link.sure),
    })),
    ...proposal.keys.flatMap((key) => stepOf(key, table.name, proposal, names)),
  ];
  const created = times.created === null ? [] : [`created: ${listOf([times.created.name])}`];
  const updated = times.updated === null ? [] : [`updated: ${listOf([times.updated.name])}`];
  return [
    `const ${names.sources.get(table.name)} = d.source<${names.types.get(table.name)}>(${stringOf(table.name)}, {`,
    ...(table.schema === names.schema ? [] : [`  schema: ${stringOf(table.schema)},`]),
    `  identity: ${listOf(table.identity ?? [])},`,
    ...(within === undefined
      ? []
      : [`  within: ${listOf([within.name])}, // values are given anew in each of them`]),
    ...(steps.length === 0
      ? []
      : ['  match: [', ...steps.map(({ text, note }) => `    ${text},${note}`), '  ],']),
    ...(created.length + updated.length === 0
      ? []
      : [`  times: { ${[...created, ...updated].join(', ')} },`]),
    ...(prefix === table.name ? [] : [`  prefix: ${stringOf(prefix)},`]),
    '});',
    '',
  ];
}

function stepOf(key: KeyWithHubs, table: string, { keys }: Proposal, names: Names) {
  const column = key.columns.get(table);
  if (column === undefined) return [];
  const link = key.links.find(({ left, right }) => left === column || right === column);
  const note = link === undefined ? '' : comment(reasonOf(link), link.sure);
  const variable = names.keys.get(key) ?? '';
  if (key.part === null && !isNamed(key, keys))
    return [{ text: `d.same(${variable}, ${stringOf(column.name)})`, note }];
  const part = key.part?.columns.get(table);
  const constant = key.part?.constants.get(table);
  if (key.part !== null && part === undefined && constant === undefined) return [];
  const first = constant !== undefined ? `d.constant(${stringOf(constant)})` : stringOf(part?.name ?? '');
  const parts = key.part === null ? '' : `${memberName(partName(key))}: ${first}, `;
  return [
    {
      text: `d.same(${variable}, { ${parts}${memberName(valueName(key))}: ${stringOf(column.name)} })`,
      note,
    },
  ];
}

/** What speaks for a step. */
function reasonOf({ kind, left, right, meeting, backing, backed, declared, word }: Link): string {
  const pointing = meeting.left.column === left ? meeting.leftShare : meeting.rightShare;
  const met =
    kind === 'via'
      ? declared
        ? `a foreign key to ${right.table}.${right.name}`
        : `${percent(pointing, 1)} of its values are in ${right.table}.${right.name}, without a foreign key`
      : `${counted(meeting.common, 'common value')} of ${left.table}.${left.name} and ${right.table}.${right.name}, ${meeting.alike} spelled alike`;
  const said = word === null ? '' : `, where ${word.column.name} says ${word.raw}`;
  const proof =
    backed !== null && backing >= 0.1
      ? `; rows that meet agree in ${backed.left.name} = ${backed.right.name} (${percent(backed.equal, backed.both)})`
      : '; nothing else agrees in the rows that meet';
  return `${met}${said}${declared || word !== null ? '' : proof}`;
}
