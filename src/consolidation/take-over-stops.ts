import { type ConsolidationModel, goldenOf, isComputed, targetOf } from '../declare/model.js';
import type { Stop } from '../errors/stop.js';
import type { BoundPhase, BoundSource } from '../mapping/bind.js';
import type { BoundColumn } from '../mapping/mapping.js';
import { ownTarget } from '../mapping/tables.js';

/** Types of which new values can be had for rows that have none. */
const NUMBERED: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'uuid']);

/** What keeps the unified table from taking over the ids, and the name, that it is declared to take over. */
export function takeOverStops(model: ConsolidationModel, { mapping, sources }: BoundPhase): Stop[] {
  const { takeOver } = mapping;
  const source = sources.find(({ rule }) => rule.table === takeOver?.table);
  if (takeOver === undefined || source === undefined) return [];
  const id = source.columns.find(({ name }) => name === takeOver.id.column);
  const hidden =
    takeOver.name === null ? [] : source.columns.filter((column) => isHidden(model, source, column));
  return [
    ...(id === undefined || NUMBERED.has(id.type.kind)
      ? []
      : [
          {
            code: 'bad-target' as const,
            message: `${takeOver.table}.${id.name} is of type ${id.type.name}, of which Drydock makes no ids for rows that have none.`,
            next: 'Unify into a table with another name, and leave id out.',
          },
        ]),
    ...hidden.map(({ name }) => ({
      code: 'bad-target' as const,
      message: `Applications that go on with ${takeOver.table} would find something else in its column ${name}.`,
      next: `Have ${takeOver.table}.${name} be a giver of the shared column of this name, or give that another name.`,
    })),
  ];
}

/** Whether the unified table has another column under a name of the target. */
function isHidden(model: ConsolidationModel, { rule }: BoundSource, column: BoundColumn): boolean {
  const { name, home } = column;
  if (name === model.id?.column || home.kind !== 'own' || ownTarget(column) === name) return false;
  const times = targetOf(model)?.times;
  const shared = model.columns.find((one) => one.name === name);
  if (shared === undefined) return true;
  if (shared.kind === 'earliest') return times?.created.includes(name) !== true;
  if (shared.kind === 'latest') return times?.updated.includes(name) !== true;
  const gives = goldenOf({ columns: [shared] }).flatMap(({ givers }) => givers);
  // What is worked out may rest on any column: it is declared to be what is read there.
  return !gives.some((giver) => giver.table === rule.table && (isComputed(giver) || giver.column === name));
}
