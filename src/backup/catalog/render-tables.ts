import { ident, literal } from '../../db/identifier.js';
import type {
  ColumnDefinition,
  ForeignKeyDefinition,
  SequenceDefinition,
  TableDefinition,
} from './document.js';
import type { Place } from './place.js';

/** `create table` with its columns: types, defaults, identities, and no constraint that could be broken by data. */
export function createTable(
  table: TableDefinition,
  sequences: readonly SequenceDefinition[],
  place: Place,
): string {
  const columns = table.columns.map((column) => {
    const identity = sequences.find(
      ({ identity, ownedBy }) =>
        identity &&
        ownedBy?.schema === table.schema &&
        ownedBy.table === table.name &&
        ownedBy.column === column.name,
    );
    return `  ${columnDefinition(column, identity, place)}`;
  });
  const unlogged = table.persistence === 'u' ? 'unlogged ' : '';
  const options = [
    ...(table.options ?? []),
    ...(table.toastOptions ?? []).map((option) => `toast.${option}`),
  ].map(storageOption);
  const ending = options.length === 0 ? '' : ` with (${options.join(', ')})`;
  return `create ${unlogged}table ${place.nameOf(table)} (\n${columns.join(',\n')}\n)${ending}`;
}

function columnDefinition(
  column: ColumnDefinition,
  sequence: SequenceDefinition | undefined,
  place: Place,
): string {
  const notNull =
    column.notNullName === null ? 'not null' : `constraint ${ident(column.notNullName)} not null`;
  const kept = column.generated === 'v' ? 'virtual' : 'stored';
  return [
    `${ident(column.name)} ${column.type}`,
    ...(column.collation === null ? [] : [`collate ${column.collation}`]),
    ...(column.default === null
      ? []
      : [
          column.generated === ''
            ? `default ${column.default}`
            : `generated always as (${column.default}) ${kept}`,
        ]),
    ...(column.identity === '' || sequence === undefined
      ? []
      : [
          `generated ${column.identity === 'a' ? 'always' : 'by default'} as identity (sequence name ${place.nameOf(sequence)} ${sequenceOptions(sequence)})`,
        ]),
    ...(column.notNull ? [notNull] : []),
  ].join(' ');
}

/** `fillfactor=70`; the value goes in as a string, which every option takes. */
function storageOption(option: string): string {
  const at = option.indexOf('=');
  const path = option.slice(0, at).split('.').map(ident).join('.');
  return `${path} = ${literal(option.slice(at + 1))}`;
}

export function sequenceOptions({ start, increment, min, max, cache, cycle }: SequenceDefinition): string {
  const [startAt, step, least, most, kept] = [start, increment, min, max, cache].map((number) =>
    BigInt(number),
  );
  return `start with ${startAt} increment by ${step} minvalue ${least} maxvalue ${most} cache ${kept}${cycle ? ' cycle' : ''}`;
}

/** How values of columns are kept, and what is known of them. */
export function columnSettings(table: TableDefinition, place: Place): string[] {
  return table.columns.flatMap(({ name, storage, compression, statistics, options }) => {
    const alter = `alter table ${place.nameOf(table)} alter column ${ident(name)}`;
    return [
      ...(storage === null ? [] : [`${alter} set storage ${ident(storage)}`]),
      ...(compression === null ? [] : [`${alter} set compression ${ident(compression)}`]),
      ...(statistics === null ? [] : [`${alter} set statistics ${BigInt(statistics)}`]),
      ...(options === null ? [] : [`${alter} set (${options.map(storageOption).join(', ')})`]),
    ];
  });
}

/** Keys, checks, indexes and statistics: what is made quicker, or can be made only, when the rows are there. */
export function afterRows(table: TableDefinition, place: Place): string[] {
  const name = place.nameOf(table);
  const index = (indexName: string) => place.nameOf({ schema: table.schema, name: indexName });
  return [
    ...table.indexes.map(
      ({ name: indexName, unique, definition }) =>
        `create ${unique ? 'unique ' : ''}index ${ident(indexName)} on ${name} using ${definition}`,
    ),
    ...table.constraints.map(
      (constraint) => `alter table ${name} add constraint ${ident(constraint.name)} ${constraint.definition}`,
    ),
    ...table.constraints.flatMap(({ name: key, options }) =>
      options === null ? [] : [`alter index ${index(key)} set (${options.map(storageOption).join(', ')})`],
    ),
    ...table.indexes.flatMap(({ name: key, statistics }) =>
      statistics.map(
        ({ column, target }) =>
          `alter index ${index(key)} alter column ${column} set statistics ${BigInt(target)}`,
      ),
    ),
    ...[...table.indexes, ...table.constraints].flatMap((keyed) => [
      ...(keyed.clustered ? [`alter table ${name} cluster on ${ident(keyed.name)}`] : []),
      ...(keyed.replicaIdentity
        ? [`alter table ${name} replica identity using index ${ident(keyed.name)}`]
        : []),
    ]),
    ...(table.replicaIdentity === 'f' ? [`alter table ${name} replica identity full`] : []),
    ...(table.replicaIdentity === 'n' ? [`alter table ${name} replica identity nothing`] : []),
    ...table.statistics.flatMap((statistics) => [
      `create statistics ${place.nameOf(statistics)}${statistics.definition}`,
      ...(statistics.target === null
        ? []
        : [`alter statistics ${place.nameOf(statistics)} set statistics ${BigInt(statistics.target)}`]),
      ...comment('statistics', place.nameOf(statistics), statistics.comment),
    ]),
    ...table.indexes.flatMap((one) => comment('index', index(one.name), one.comment)),
    ...table.constraints.flatMap((one) =>
      comment('constraint', `${ident(one.name)} on ${name}`, one.comment),
    ),
  ];
}

/** A policy, and its comment. */
export function createPolicy(
  table: TableDefinition,
  policy: TableDefinition['policies'][number],
  place: Place,
): string[] {
  const name = place.nameOf(table);
  const roles = policy.roles.map((role) => (role === null ? 'public' : ident(role))).join(', ');
  return [
    [
      `create policy ${ident(policy.name)} on ${name} as ${policy.permissive ? 'permissive' : 'restrictive'}`,
      `for ${policy.command} to ${roles}`,
      ...(policy.using === null ? [] : [`using (${policy.using})`]),
      ...(policy.check === null ? [] : [`with check (${policy.check})`]),
    ].join(' '),
    ...comment('policy', `${ident(policy.name)} on ${name}`, policy.comment),
  ];
}

/** Triggers, and whether they and the policies are at work. */
export function rulesOf(table: TableDefinition, place: Place): string[] {
  const name = place.nameOf(table);
  return [
    ...table.triggers.flatMap((trigger) => [
      `create ${trigger.constraint ? 'constraint ' : ''}trigger ${ident(trigger.name)} ${trigger.when} on ${name} ${trigger.definition}`,
      ...(trigger.enabled === 'O'
        ? []
        : [`alter table ${name} ${ENABLED[trigger.enabled]} trigger ${ident(trigger.name)}`]),
      ...comment('trigger', `${ident(trigger.name)} on ${name}`, trigger.comment),
    ]),
    ...(table.rowSecurity ? [`alter table ${name} enable row level security`] : []),
    ...(table.forceRowSecurity ? [`alter table ${name} force row level security`] : []),
    ...comment('table', name, table.comment),
    ...table.columns.flatMap((column) => comment('column', `${name}.${ident(column.name)}`, column.comment)),
  ];
}

const ENABLED = { D: 'disable', R: 'enable replica', A: 'enable always' } as const;

/** A foreign key, and its comment. */
export function addForeignKey(
  table: TableDefinition,
  { name, definition, comment: text }: ForeignKeyDefinition,
  place: Place,
): string[] {
  const on = place.nameOf(table);
  return [
    `alter table ${on} add constraint ${ident(name)} ${definition}`,
    ...comment('constraint', `${ident(name)} on ${on}`, text),
  ];
}

export function comment(kind: string, name: string, text: string | null): string[] {
  return text === null ? [] : [`comment on ${kind} ${name} is ${literal(text)}`];
}
