import { generatedName } from '../db/identifier.js';
import { allSteps, type ConsolidationModel, columnsOfStep, feedsOf, isComputed, targetOf } from './model.js';
import { refuse } from './refuse.js';

/** What the uuid of a unified row is called once its `id` is that of a source. */
export const RECORD_ID = 'unified_id';

/** A target goes on under its name with its own columns: nothing may be declared that takes one away. */
export function checkTarget(model: ConsolidationModel): void {
  const target = targetOf(model);
  if (target === undefined) return;
  const { table, schema, prefix, identity } = target;
  if (schema !== null)
    refuse(
      `${table} is a source in schema ${schema} and the table that is made as well.`,
      'Leave its schema out and give --schema, or call the unified table otherwise.',
    );
  if (prefix !== table)
    refuse(
      `Columns of ${table} keep their names in the unified table, and have prefix "${prefix}".`,
      'Leave the prefix out.',
    );
  if (identity.length > 1)
    refuse(
      `Rows of ${table} are told apart by ${identity.join(', ')}: which values the other rows get there, nobody says.`,
      'Unify into a table with another name.',
    );
  const kept = [
    ...identity,
    ...allSteps(target).flatMap((step) => (step.kind === 'via' ? columnsOfStep(step) : [])),
  ];
  for (const { target: shared, member, giver } of feedsOf(model)) {
    const { column, keepsOwn } = giver;
    const stays = keepsOwn || isComputed(giver) || kept.includes(column);
    if (giver.table === table && !stays && (column !== shared || member !== null))
      refuse(
        `${table}.${column} goes into ${shared}, and applications read it as ${column}.`,
        `Call the shared column ${column}, or keep the own one as well: .else(${table}.${column}).`,
      );
  }
}

/** An id of every unified row is what tells the rows of one source apart. */
export function checkId(model: ConsolidationModel): void {
  const { id, ids, sources, name, into, columns } = model;
  if (id === null) return;
  if (ids !== undefined)
    refuse(
      `The ids of ${into} are to be those of ${ids.table}, and of ${id.table} at the completion.`,
      id.table === into ? 'Leave ids out: the target keeps its own.' : 'Leave one of ids and id out.',
    );
  const { table, column } = id;
  const source = sources.find((one) => one.table === table);
  if (source === undefined)
    refuse(`The id is that of ${table}, which is no source of ${name}.`, 'List that source, too.');
  else if (source.identity.length !== 1 || source.identity[0] !== column)
    refuse(
      `The id is ${table}.${column}, and rows of ${table} are told apart by ${source.identity.join(', ')}.`,
      'Name a column that tells rows apart by itself.',
    );
  const meanwhile = generatedName(source?.prefix ?? table, column);
  if (columns.some((one) => one.name === meanwhile))
    refuse(
      `Column ${meanwhile} of ${into} holds ${table}.${column} until the completion.`,
      'Give it another name.',
    );
  const target = targetOf(model);
  if (target !== undefined && target.table !== table)
    refuse(`The ids of ${into} stay, and the id is declared to be that of ${table}.`, 'Leave id out.');
}
