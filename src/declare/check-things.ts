import {
  allSteps,
  type ConsolidationModel,
  columnsOfFold,
  type FoldRule,
  feedsOf,
  isOnePerKey,
  targetOf,
  thingColumnOf,
} from './model.js';
import { refuse } from './refuse.js';

/** Refuses rows that are kept whole, and what is said of them, where that cannot be meant. */
export function checkWhole(model: ConsolidationModel): void {
  const { sources, name, veto } = model;
  const whole = new Set(sources.filter(({ isWhole }) => isWhole === true).map(({ table }) => table));
  if (whole.size === 0) return;
  if (whole.size === sources.length)
    refuse(
      `All sources of ${name} are kept whole: nothing is left to merge.`,
      'Leave `whole` out for those that give the unified rows.',
    );
  const target = targetOf(model);
  if (target?.isWhole === true)
    refuse(`${target.table} is unified into, and its rows are kept whole.`, 'Leave `whole` out.');
  if (veto !== null)
    refuse(
      `${name} has a veto, and sources that are kept whole: which of several things of one key such a row belongs to is not known.`,
      'Leave one of them out.',
    );
  const merged = feedsOf(model).find(({ giver }) => whole.has(giver.table));
  if (merged !== undefined)
    refuse(
      `Column ${merged.target} comes from ${merged.giver.table}, whose rows are kept whole.`,
      'Sum them up: count(), names(), newestOf(), mean(), madeOf().',
    );
  for (const source of sources)
    for (const step of allSteps(source))
      if (step.kind === 'via' && whole.has(step.table) && source.isWhole !== true)
        refuse(
          `${source.table} points to ${step.table}, whose rows are kept whole.`,
          'Point to a source whose rows are merged.',
        );
}

/** Refuses a summary of what is not kept whole. */
export function checkFolds(model: ConsolidationModel): void {
  for (const column of model.columns) if (column.kind === 'fold') checkFold(column.name, column.fold, model);
}

function checkFold(name: string, fold: FoldRule, model: ConsolidationModel): void {
  const tables = fold.by === 'sources' ? fold.words.flatMap((word) => word.tables) : [fold.table];
  for (const table of tables) {
    const source = model.sources.find((one) => one.table === table);
    if (source === undefined)
      refuse(`Column ${name} sums up ${table}, which is no source of ${model.name}.`, 'List it, too.');
    else if (fold.by !== 'sources' && source.isWhole !== true)
      refuse(
        `Column ${name} sums up ${table}, whose rows are merged.`,
        'Say `whole: true` for a source whose rows are to be kept and summed up.',
      );
  }
  if (fold.by === 'sources' && (fold.words.length === 0 || !isOnePerKey(model)))
    refuse(
      `Column ${name} says which sources a row is made of, as their flags do.`,
      'Leave it out; it is for rows that are kept whole.',
    );
  if (fold.by !== 'sources' && fold.by !== 'count' && columnsOfFold(fold).length === 0)
    refuse(`Column ${name} sums up no columns.`, 'Name one at least.');
}

/** Refuses a consolidation about things of another one that says so in part only. */
export function checkThings(model: ConsolidationModel): void {
  const { sources, name, columns, veto } = model;
  const thing = thingColumnOf(model);
  if (columns.filter(({ kind }) => kind === 'thing').length > 1)
    refuse(`${name} is about two things.`, 'Leave one column with thing() out.');
  for (const source of sources)
    for (const step of allSteps(source)) {
      if (step.kind === 'thing' && step.of.consolidation !== thing?.of.consolidation)
        refuse(
          `Rows of ${source.table} are about what ${step.of.consolidation} made, and no column says which.`,
          `Add a column: thing(${step.of.consolidation}).`,
        );
      if (thing !== null && step.kind === 'same')
        refuse(
          `Rows of ${source.table} are about what ${thing.of.consolidation} made, and match by a key of their own as well.`,
          'Match by thing(), named(), and via() to a source that does.',
        );
      if (thing !== null && step.kind === 'via' && source.isWhole !== true)
        refuse(
          `Rows of ${source.table} are about what ${thing.of.consolidation} made, and point to ${step.table} as well.`,
          'Only rows that are kept whole may find what they are about by another source.',
        );
    }
  if (thing !== null && thing.of.consolidation === name)
    refuse(`${name} is about what it makes itself.`, 'Name another consolidation.');
  if (thing !== null && (veto !== null || sources.some(({ within }) => within.length > 0)))
    refuse(
      `${name} is about what ${thing.of.consolidation} made, of which each has one row at most.`,
      'Leave veto and within out: that consolidation has told things apart.',
    );
  checkIds(model);
}

function checkIds({ ids, id, veto, sources, name }: ConsolidationModel): void {
  if (ids === undefined) return;
  if (id !== null)
    refuse(
      `${name} keeps the ids of ${ids.table}, and takes over those of ${id.table}.`,
      'Leave one of them out.',
    );
  const source = sources.find(({ table }) => table === ids.table);
  if (source === undefined || source.isWhole === true)
    refuse(
      `${name} keeps the ids of ${ids.table}, which is none of its sources that are merged.`,
      'Name one of those.',
    );
  if (veto !== null)
    refuse(
      `${name} keeps ids and has a veto: several things of one key would have no id to tell them apart by.`,
      'Leave one of them out.',
    );
}
