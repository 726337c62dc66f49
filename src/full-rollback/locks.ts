import type { Context } from '../context/context.js';
import type { TableLock } from '../cutover/locks.js';
import { qualified } from '../db/identifier.js';
import { readTable } from '../legacy/catalog.js';
import type { MovedTables } from '../legacy/moved.js';
import { consolidationsOf } from '../project/project.js';
import { unifiedName } from './names.js';
import type { SavedTable } from './scope.js';

/** Our tables, the views under the old names, the legacy tables: in the order in which a statement takes them. */
export async function locksFor(
  { session, project, schema, phaseNames, entries }: Context,
  saved: readonly SavedTable[],
  moved: MovedTables,
): Promise<TableLock[]> {
  const ours = consolidationsOf(project, phaseNames)
    .filter(({ name }) => entries.has(name))
    .flatMap(({ mapping }) => [unifiedName(mapping, moved), mapping.folded]);
  const views = [...moved.values()].filter(({ name }) => saved.some(({ file }) => file.name === name));
  const legacy = saved.map(({ file, home }) => {
    const away = views.find(({ name }) => name === file.name);
    return away === undefined ? { schema: home, name: file.name } : { schema: away.schema, name: file.name };
  });
  // To lock a view is to lock what it reads, with the rights of its owner. One of a completed phase reads our tables,
  // which are locked by then, and its owner may do no more than that: it is waited for when it is dropped.
  const completed = new Set<string>(
    consolidationsOf(project, phaseNames)
      .filter(({ name }) => entries.get(name)?.state === 'completed')
      .flatMap(({ mapping }) => mapping.sources.map(({ table }) => table)),
  );
  const wanted = [
    ...ours.map((name) => ({ schema, name })),
    ...views.filter(({ name }) => !completed.has(name)).map(({ home, name }) => ({ schema: home, name })),
    ...legacy,
  ];
  const locks: TableLock[] = [];
  for (const table of wanted) {
    if ((await readTable(session, table.schema, table.name)) === undefined) continue;
    locks.push({ qualified: qualified(table.schema, table.name), mode: 'access exclusive' });
  }
  return locks;
}
