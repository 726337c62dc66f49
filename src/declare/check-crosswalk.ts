import {
  allSteps,
  type ConsolidationModel,
  type CrosswalkModel,
  feedsOf,
  goldenOf,
  isComputed,
  isTime,
  resolverOf,
  type SourceModel,
} from './model.js';
import { refuse } from './refuse.js';

/** Refuses what a crosswalk cannot be beside, and what only makes sense beside one. */
export function checkCrosswalk(model: ConsolidationModel): void {
  const crosswalk = resolverOf(model);
  if (crosswalk === null) {
    checkWithout(model);
    return;
  }
  const others = new Set(crosswalksIn(model).filter((one) => one !== crosswalk));
  for (const { table } of others)
    refuse(
      `${model.name} is resolved by ${crosswalk.table} and names ${table} as well.`,
      'A consolidation has one crosswalk: declare it once, and use that.',
    );
  if ([...model.sources.map(({ table }) => table), model.into, model.duplicates].includes(crosswalk.table))
    refuse(
      `Crosswalk ${crosswalk.table} is a source, or made.`,
      'A crosswalk is only read: name another table.',
    );
  checkReference(model, crosswalk);
  const lead = checkLead(model, crosswalk);
  if (lead !== undefined) for (const source of model.sources) checkLadders(source, lead, crosswalk);
  checkColumns(model, crosswalk);
  checkDistinct(model);
  if (model.veto !== null)
    refuse(
      `${model.name} has a veto and the crosswalk ${crosswalk.table}.`,
      'Say distinct: it tells things of one key apart.',
    );
}

/** Every crosswalk that something names. */
function crosswalksIn({ sources, columns }: ConsolidationModel): CrosswalkModel[] {
  return [
    ...sources.flatMap((source) =>
      allSteps(source).flatMap((step) => (step.kind === 'resolve' ? [step.crosswalk] : [])),
    ),
    ...columns.flatMap((column) => {
      if (column.kind === 'reference') return [column.crosswalk];
      if (isTime(column)) return column.otherwise === undefined ? [] : [column.otherwise.crosswalk];
      if (column.kind !== 'golden') return [];
      return (column.fallbacks ?? []).flatMap((fallback) =>
        fallback.kind === 'crosswalk' ? [fallback.crosswalk] : [],
      );
    }),
  ];
}

function checkWithout(model: ConsolidationModel): void {
  const [named] = crosswalksIn(model);
  if (named !== undefined)
    refuse(
      `${model.name} names crosswalk ${named.table}, by which no source is resolved.`,
      `Give a source the step resolve(), or leave it out.`,
    );
  const next = 'Resolve the sources by a crosswalk, or leave it out.';
  for (const { table, distinct, attach } of model.sources)
    if (distinct !== undefined || attach !== undefined)
      refuse(`Source ${table} tells things of one key apart, and ${model.name} has no crosswalk.`, next);
  for (const column of model.columns) {
    const isAlone =
      (isTime(column) && column.notBefore !== undefined) ||
      (column.kind === 'golden' && column.fallbacks?.some(({ kind }) => kind === 'value-of'));
    if (isAlone)
      refuse(`Column ${column.name} falls back to other columns, and ${model.name} has no crosswalk.`, next);
  }
}

function checkReference({ columns, name }: ConsolidationModel, { table }: CrosswalkModel): void {
  const found = columns.filter(({ kind }) => kind === 'reference');
  if (found.length !== 1)
    refuse(
      `${name} has ${found.length} columns that name the row of ${table}.`,
      'Declare one: resolved(crosswalk).',
    );
}

/** The source whose identity is the id of a unified row, where there is exactly one. */
function checkLead(
  { sources, ids, name }: ConsolidationModel,
  { table }: CrosswalkModel,
): SourceModel | undefined {
  const [lead] = sources;
  if (lead === undefined || ids?.table !== lead.table || ids.otherwise !== '') {
    refuse(
      `${name} is resolved by ${table}, and does not keep the ids of its first source.`,
      'Say ids: idsOf(source) of the first source, without otherwise.',
    );
    return undefined;
  }
  return lead;
}

function checkLadders(source: SourceModel, lead: SourceModel, { table: crossed }: CrosswalkModel): void {
  const { table, match, variants, within } = source;
  if (within.length > 0) refuse(`${table} is within a tenant, and resolved by ${crossed}.`, 'Leave one out.');
  const ladders = variants.length === 0 ? [match] : variants.map((variant) => variant.match ?? match);
  for (const [step, ...more] of ladders) {
    const isResolved = step?.kind === 'resolve' && (source === lead || step.ids.length === 0);
    const isPointing = step?.kind === 'via' && source !== lead && step.table === lead.table;
    if ((isResolved || isPointing) && more.length === 0) continue;
    refuse(
      `Rows of ${table} are not found by one step to ${crossed}.`,
      source === lead
        ? 'Give it the step resolve() alone.'
        : `Give it the step resolve() with an alias, or via() to ${lead.table}, alone.`,
    );
  }
}

function checkColumns(model: ConsolidationModel, { table }: CrosswalkModel): void {
  for (const { target, giver } of feedsOf(model)) {
    if (isComputed(giver))
      refuse(
        `Column ${target} is computed, and ${model.name} is resolved by ${table}.`,
        'Name columns beside a crosswalk.',
      );
    else if (giver.keepsOwn && giver.conversion.kind !== 'words' && giver.conversion.kind !== 'score')
      refuse(
        `Column ${target} falls back to ${giver.table}.${giver.column}, which is neither a word nor a score.`,
        'Beside a crosswalk, else() takes words, scores, columns of the crosswalk and constants.',
      );
  }
  for (const golden of goldenOf(model)) {
    const { name, survivorship, together, type, fallbacks = [], givers, blankIsNone, nullsCount } = golden;
    if (blankIsNone === true || nullsCount === true)
      refuse(
        `Column ${name} takes blanks or nulls in its own way, and ${model.name} is resolved by ${table}.`,
        'Beside a crosswalk, a blank is a value and a null is none.',
      );
    if (survivorship !== 'precedence' || together !== null)
      refuse(
        `Column ${name} survives by ${together === null ? survivorship : 'group'}, and ${model.name} is resolved by ${table}.`,
        'Beside a crosswalk, the first giver counts.',
      );
    if (fallbacks.length > 0 && (type !== 'text' || givers.some(({ keepsOwn }) => keepsOwn)))
      refuse(
        `Column ${name} is no text of plain givers, and falls back to other columns.`,
        'Let texts fall back to them, without a column of a source in between.',
      );
    for (const fallback of fallbacks)
      if (
        fallback.kind === 'value-of' &&
        !goldenOf(model).some((one) => one.name === fallback.column && one.type === 'text' && one !== golden)
      )
        refuse(
          `Column ${name} falls back to ${fallback.column}, which is no other shared text.`,
          'Name one that is.',
        );
  }
  const times = model.columns.filter(isTime);
  const first = times.find(({ kind }) => kind === 'earliest');
  for (const { kind, name, notBefore } of times)
    if (kind !== 'earliest' && (kind === 'latest' || notBefore !== first?.name))
      refuse(
        `Column ${name} is not held to the earliest time.`,
        first === undefined
          ? 'Declare a column earliest, and say touched.notBefore() of it.'
          : `Say touched.notBefore('${first.name}'), beside a crosswalk.`,
      );
}

function checkDistinct({ sources }: ConsolidationModel): void {
  for (const [at, { table, distinct, attach }] of sources.entries()) {
    if (distinct !== undefined && (at > 0 || distinct.some((names) => names.length === 0)))
      refuse(`Source ${table} cannot tell things apart.`, 'Say distinct of the first source.');
    if (attach !== undefined && !sources.some((source) => source.distinct !== undefined))
      refuse(
        `Source ${table} attaches, and no source tells things apart.`,
        'Say distinct of one, or leave it out.',
      );
  }
}
