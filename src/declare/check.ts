import { ident } from '../db/identifier.js';
import { checkCrosswalk } from './check-crosswalk.js';
import { checkId, checkTarget, RECORD_ID } from './check-target.js';
import { checkFolds, checkThings, checkWhole } from './check-things.js';
import { goldenValue } from './golden-value.js';
import {
  allSteps,
  type ColumnModel,
  type ConsolidationModel,
  crosswalkOf,
  feedsOf,
  type GoldenModel,
  goldenOf,
  isComputed,
  nameMeanwhile,
  type SourceModel,
  type SplitModel,
  type ThroughModel,
} from './model.js';
import { checkReferrers } from './referrer.js';
import { checkAll, refuse } from './refuse.js';

/** Columns of the unified table that are Drydock's own. */
const OWN = ['id', 'merge_key', 'residue'];

const PHASE_NAME = /^[a-z][a-z0-9_-]*$/;

/** Refuses what cannot be meant, before any database is looked at. */
export function checkModel(model: ConsolidationModel): void {
  checkAll([
    () => checkNames(model),
    ...model.sources.map((source) => () => checkSource(source, model)),
    () => checkWithin(model),
    () => checkCircles(model),
    () => checkHomes(model),
    ...goldenOf(model).map((column) => () => checkGolden(column, model)),
    () => checkFurther(model),
    ...goldenOf(model).map((column) => () => checkSurvivorship(column)),
    () => checkSplits(model),
    () => checkPrefixes(model),
    () => checkGroups(model),
    () => checkVeto(model),
    () => checkTarget(model),
    () => checkId(model),
    () => checkWhole(model),
    () => checkFolds(model),
    () => checkThings(model),
    () => checkReferrers(model),
    () => checkCrosswalk(model),
  ]);
}

function checkNames({
  name,
  into,
  id,
  duplicates,
  sources,
  columns,
  largestGroup,
}: ConsolidationModel): void {
  if (!PHASE_NAME.test(name))
    refuse(
      `"${name}" is no name of a consolidation.`,
      'Begin with a small letter; letters, digits, _ and - may follow.',
    );
  if (sources.length === 0) refuse(`Consolidation ${name} has no sources.`, 'List at least one.');
  const tables = sources.map(({ table }) => table);
  const twice = tables.find((table, at) => tables.indexOf(table) !== at);
  if (twice !== undefined) refuse(`Source ${twice} is listed twice.`, 'List it once.');
  const meanwhile = nameMeanwhile({ into, sources });
  for (const table of [meanwhile, duplicates])
    if (tables.includes(table))
      refuse(
        `Table ${table} is a source and cannot be made.`,
        'Name the table of duplicates, or the source, otherwise.',
      );
  if ([into, meanwhile].includes(duplicates))
    refuse(`The unified table and its duplicates are both called ${duplicates}.`, 'Rename one of them.');
  const taken = [...OWN, ...(id === null ? [] : [RECORD_ID]), ...sources.map(({ flag }) => flag)];
  const reserved = columns.find((column) => taken.includes(column.name));
  if (reserved !== undefined)
    refuse(`Column ${reserved.name} of ${into} is one of Drydock's own.`, 'Give it another name.');
  if (largestGroup !== null && (!Number.isSafeInteger(largestGroup) || largestGroup < 1))
    refuse(`largestGroup is ${largestGroup}.`, 'Give a whole number above 0, or null for any.');
}

function checkSource(source: SourceModel, model: ConsolidationModel): void {
  const { table } = source;
  for (const step of allSteps(source)) {
    if (step.kind === 'through') checkThrough(table, step, model);
    if (step.kind !== 'via') continue;
    const target = model.sources.find((source) => source.table === step.table);
    if (target === undefined)
      refuse(`${table} points to ${step.table}, which is no source of ${model.name}.`, 'List it, too.');
    if (step.table === table)
      refuse(
        `${table} points to itself: what a row is would depend on a chain of rows.`,
        'Declare a key that such rows share.',
      );
  }
}

/** The crosswalk has the key on its ladder, and another one before it. */
function checkThrough(
  table: string,
  { table: crosswalk, step }: ThroughModel,
  model: ConsolidationModel,
): void {
  const source = model.sources.find((one) => one.table === crosswalk);
  if (source === undefined) {
    refuse(
      `${table} is resolved through ${crosswalk}, which is no source of ${model.name}.`,
      'List it, too.',
    );
    return;
  }
  const ladders = [source.match, ...source.variants.flatMap(({ match }) => (match === null ? [] : [match]))];
  const found = ladders.flatMap((match) => crosswalkOf({ match }, step.key) ?? []);
  if (found.length === 0)
    refuse(
      `${table} is resolved through ${crosswalk}, whose ladder has no step of key ${step.key.name}.`,
      `Give ${crosswalk} a step same() of that key, behind the one that it resolves to.`,
    );
  else if (found.every(({ before }) => before.length === 0))
    refuse(
      `${table} is resolved through ${crosswalk}, which has no other key before ${step.key.name} on its ladder.`,
      `Put the step that it resolves to in front of key ${step.key.name}.`,
    );
}

/** One tenant is one: where a source has such columns, all have as many. */
function checkWithin({ sources }: ConsolidationModel): void {
  const [first, ...others] = sources;
  const other = others.find(({ within }) => within.length !== first?.within.length);
  if (first === undefined || other === undefined) return;
  refuse(
    `${first.table} is within ${first.within.length} columns, ${other.table} within ${other.within.length}.`,
    'Name the same columns for every source, in one order.',
  );
}

/** A row is what another one is, and that what a third one is: it has to end somewhere. */
function checkCircles({ sources }: ConsolidationModel): void {
  const targets = new Map(
    sources.map((source) => [
      source.table,
      // What a row of the source itself has beside a key is no circle, which a pointer to it would be.
      allSteps(source).flatMap((step) =>
        step.kind === 'via' || (step.kind === 'through' && step.table !== source.table) ? [step.table] : [],
      ),
    ]),
  );
  const found = new Set<string>();
  const visit = (table: string, path: readonly string[]): void => {
    if (path.includes(table)) {
      const circle = path.slice(path.indexOf(table));
      // It is found from each of its sources.
      const id = [...circle].sort().join();
      if (!found.has(id))
        refuse(
          `Sources point to each other in a circle: ${[...circle, table].join(' -> ')}.`,
          'Take one step out.',
        );
      found.add(id);
      return;
    }
    for (const target of targets.get(table) ?? []) visit(target, [...path, table]);
  };
  for (const table of targets.keys()) visit(table, []);
}

/** A legacy column is given back from one place, and gives one shared column its value. */
function checkHomes(model: ConsolidationModel): void {
  const homes = new Map<string, string>();
  const splits = new Map<string, SplitModel>();
  const forms = new Set<string>();
  for (const { target, member, giver } of feedsOf(model)) {
    if (isComputed(giver)) continue;
    const name = member === null ? target : `${target}.${member}`;
    const { table, column, conversion } = giver;
    const id = `${table}.${column}`;
    const other = homes.get(id);
    // The parts of a word have one home together.
    const isPart = conversion.kind === 'split' && splits.get(id) === conversion.split;
    if (conversion.kind === 'split') splits.set(id, conversion.split);
    // In one form of its table it may be converted in another way than in the others.
    const form = `${giver.variant ?? ''}.${id}`;
    const isOther = giver.variant !== undefined && other === name && !forms.has(form) && !forms.has(`.${id}`);
    forms.add(form);
    if (other !== undefined && !isPart && !isOther)
      refuse(
        other === name
          ? `${id} gives ${name} its value twice.`
          : `${id} goes into ${other} and into ${name}.`,
        other === name
          ? 'Name it once.'
          : `A column has one home; let the server work out the second value: computed(source, '${ident(column)}').`,
      );
    homes.set(id, name);
  }
}

function checkGolden({ name, givers, type, otherwise }: GoldenModel, model: ConsolidationModel): void {
  if (givers.length === 0) refuse(`Column ${name} has no givers.`, 'Name the columns it comes from.');
  const stranger = givers.find(({ table }) => !model.sources.some((source) => source.table === table));
  if (stranger !== undefined)
    refuse(
      `Column ${name} comes from ${stranger.table}, which is no source of ${model.name}.`,
      'List that source, too.',
    );
  if (type === 'score' && givers.some((giver) => !isComputed(giver) && giver.conversion.kind !== 'score'))
    refuse(`A giver of score ${name} does not say its scale.`, 'Say unit(), percent() or unitComplement().');
  const mixed = givers.find((giver) => type === 'other' && !isComputed(giver));
  if (mixed !== undefined)
    refuse(
      `${mixed.table}.${mixed.column} is converted for column ${name}, whose type is not one of the shared ones.`,
      'Name the column itself, or say computed().',
    );
  if (otherwise !== null && goldenValue(type, otherwise) === null)
    refuse(
      `"${otherwise}" is no constant for column ${name} of type ${type}.`,
      'Write a value of that type, or leave it empty where no giver has one.',
    );
}

/** What a feed of a member, a kept and a generated column may not be. */
function checkFurther({ sources, columns, name }: ConsolidationModel): void {
  const isSource = (table: string) => sources.some((source) => source.table === table);
  for (const column of columns) {
    if (column.kind === 'members' && column.members.some(({ givers }) => givers.length === 0))
      refuse(`Column ${column.name} has a member without givers.`, 'Name the columns it comes from.');
    const tables =
      column.kind === 'members'
        ? column.members.flatMap(({ givers }) => givers.map(({ table }) => table))
        : column.kind === 'kept'
          ? [column.from.table]
          : [];
    const stranger = tables.find((table) => !isSource(table));
    if (stranger !== undefined)
      refuse(
        `Column ${column.name} comes from ${stranger}, which is no source of ${name}.`,
        'List that source, too.',
      );
    if (column.kind !== 'kept') continue;
    const { table, column: from } = column.from;
    const other = columns.find((one) => one !== column && keeps(one, table, from));
    if (other !== undefined)
      refuse(
        `${table}.${from} goes into ${other.name} and into ${column.name}.`,
        'A column has one home: name it once.',
      );
  }
  for (const source of sources) checkOwnNames(source, columns);
}

function keeps(column: ColumnModel, table: string, name: string): boolean {
  if (column.kind === 'kept') return column.from.table === table && column.from.column === name;
  return feedsOf({ columns: [column] }).some(
    ({ giver }) => giver.table === table && giver.column === name && !giver.keepsOwn,
  );
}

/** A name for a column's own values, where it has some. */
function checkOwnNames({ table, names }: SourceModel, columns: readonly ColumnModel[]): void {
  for (const [column, name] of names) {
    const home = columns.find((one) => keeps(one, table, column));
    if (home !== undefined)
      refuse(
        `${table}.${column} is named ${name}, and its values are in ${home.name}.`,
        'Leave one of them out.',
      );
    if (columns.some((one) => one.name === name))
      refuse(
        `${table}.${column} is named ${name}, as a column of the unified table is.`,
        'Give it another name.',
      );
  }
}

/** What says how a column's value survives, and what it would not mean beside that. */
function checkSurvivorship(golden: GoldenModel): void {
  const { name, type, otherwise, survivorship, together, givers, words } = golden;
  if (golden.nullsCount === true && otherwise !== null)
    refuse(
      `Column ${name} counts nulls, and "${otherwise}" would take their place.`,
      'Leave out .nullsCount, or the constant.',
    );
  if (golden.nullsCount === true && survivorship === 'filled')
    refuse(`Column ${name} is filled by whatever has a value, and counts nulls.`, 'Say one of the two.');
  if (survivorship === 'filled' && together !== null)
    refuse(`Column ${name} survives with ${together}, and is filled.`, 'Say one of the two.');
  if (golden.blankIsNone === true && (type !== 'text' || words !== null))
    refuse(
      `Column ${name} holds no texts that could be blank.`,
      'Leave out .blankIsNone: what is no value of its type gives way.',
    );
  const stored = givers.find(
    ({ keepsOwn, conversion: { kind } }) => keepsOwn && (kind === 'split' || kind === 'unless'),
  );
  if (stored !== undefined)
    refuse(
      `${stored.table}.${stored.column} keeps a column of its own beside ${name}, and is a part of a word or a default left out.`,
      'Name the column itself in .else(), or list it before.',
    );
}

/** Each part of a word goes into one column, which can hold what it is. */
function checkSplits(model: ConsolidationModel): void {
  const given = goldenOf(model).flatMap((golden) =>
    golden.givers.flatMap(({ table, column, conversion }) =>
      conversion.kind === 'split' ? [{ golden, id: `${table}.${column}`, ...conversion }] : [],
    ),
  );
  for (const { id, part, split, golden } of given) {
    const parts = given.filter((other) => other.split === split).map((other) => other.part);
    const lost = split.parts.filter((one) => !parts.includes(one));
    if (lost.length > 0)
      refuse(
        `${id} is split, and part ${lost.join(', ')} goes into no column.`,
        'Name a column for it, or leave it out of the words.',
      );
    if (parts.filter((one) => one === part).length > 1)
      refuse(`Part ${part} of ${id} goes into two columns.`, 'Name it once.');
    for (const says of split.words.values()) {
      const value = says.get(part);
      if (value === undefined) continue;
      const isHeld = golden.words === null || golden.words.includes(value);
      if (goldenValue(golden.type, value) === null || !isHeld)
        refuse(
          `"${value}", which ${id} says, is no ${golden.words === null ? golden.type : `word (${golden.words.join(', ')})`} for column ${golden.name}.`,
          'Write a value that the column can hold.',
        );
    }
  }
}

/** By its prefix a source's values are found again in the residue. */
function checkPrefixes({ sources }: ConsolidationModel): void {
  for (const [at, { table, prefix }] of sources.entries()) {
    const other = sources
      .slice(0, at)
      .find(
        (one) =>
          one.prefix === prefix ||
          `${one.prefix}.`.startsWith(`${prefix}.`) ||
          `${prefix}.`.startsWith(`${one.prefix}.`),
      );
    if (other !== undefined)
      refuse(
        `${other.table} and ${table} have the prefixes ${other.prefix} and ${prefix}, by which their values could not be told apart.`,
        'Give each of them its own.',
      );
  }
}

/** The columns of a group come from one row each: all of them name the same sources in one order. */
function checkGroups(model: ConsolidationModel): void {
  const orders = new Map<string, string>();
  for (const { together, givers, name, nullsCount } of goldenOf(model)) {
    if (together === null) continue;
    const counted = nullsCount === true ? ' with nulls' : '';
    const order = `${givers.map(({ table }) => table).join(', ')}${counted}`;
    const known = orders.get(together);
    if (known !== undefined && known !== order)
      refuse(
        `${together} survive together, but ${name} comes from ${order}, others from ${known}.`,
        'Name the same sources, in one order, for each of them.',
      );
    orders.set(together, order);
  }
}

function checkVeto({ veto, sources, name }: ConsolidationModel): void {
  for (const table of veto?.columns.keys() ?? [])
    if (!sources.some((source) => source.table === table))
      refuse(`The veto names a column of ${table}, which is no source of ${name}.`, 'List it, too.');
}
