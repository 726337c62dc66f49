import { withCleanup } from '../db/cleanup.js';
import { DrydockError } from '../errors.js';
import { isOfTheSql, refusedRow } from '../extract/computed-values.js';
import type { Phase } from '../mapping/phase.js';
import type { Context } from './context.js';

/**
 * Carries out what reads rows of a phase. Where the server cannot work out a declared value of one of them, the error names
 * the value and the row.
 *
 * @param state what is written then
 */
export async function namingValues<T>(
  { connector }: Pick<Context, 'connector'>,
  phase: Phase,
  state: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isOfTheSql(error)) throw error;
    const refused = await withCleanup(async (cleanup) => refusedRow(await connector.open(cleanup), phase));
    if (refused === null) throw error;
    const { table, target, why, row } = refused;
    throw new DrydockError({
      code: 'bad-computed',
      what: `The server cannot work out ${target} of ${table} (${row}) as phase ${phase.name} declares it: ${why}.`,
      state,
      next: `Correct that row under its name, and give the same command again; or begin anew with another declaration: drydock rollback --phase ${phase.name}, then run.`,
      cause: error,
    });
  }
}
