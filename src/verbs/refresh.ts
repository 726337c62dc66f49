import { type Context, lookAgain, openContext } from '../context/context.js';
import { operator } from '../context/operator.js';
import { secondsSince, stoppable } from '../context/stoppable.js';
import { lockOperator } from '../control/lock.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import { foldChanges } from '../derived/backfill.js';
import { refreshViews } from '../derived/build.js';
import { requireDerived } from '../derived/derived.js';
import type { DerivedPhase } from '../derived/derived-phase.js';
import { DrydockError } from '../errors.js';
import type { PhaseEntry } from '../ledger/phases.js';
import { readPhases } from '../ledger/phases.js';
import { readViews, recordRefresh } from '../ledger/refreshes.js';
import { requireOptions } from '../reports/options.js';
import type { RefreshOptions, RefreshReport } from '../reports/refresh.js';
import type { TargetOptions } from '../reports/target.js';

/**
 * Brings the materialized views up to date, beside their readers: those whose tables have changed since, or all. Adds
 * up what the metrics' triggers have written.
 *
 * @throws DrydockError when there are none
 */
export async function refresh(options: RefreshOptions): Promise<RefreshReport> {
  requireOptions('refresh', options);
  const start = performance.now();
  return stoppable(options, 'Each view is as it was, or refreshed as a whole.', () =>
    withCleanup(async (cleanup) => {
      const { context, phase, entry } = await openDerived(options, cleanup);
      const { database, schema, session } = context;
      const { counts } = await phase.bind(context);
      if (counts !== null) await foldChanges(context, counts);
      const names = (await readViews(session, entry.id)).map(({ name }) => name);
      const refreshed = await refreshViews(context, phase.name, names, options.force === true);
      if (refreshed.size > 0)
        await recordRefresh(session, { schema, phase: phase.name }, operator(), [...refreshed].join(', '));
      const views = (await readViews(session, entry.id)).map((view) => ({
        ...view,
        refreshed: refreshed.has(view.name),
      }));
      return { database, schema, views, seconds: secondsSince(start) };
    }),
  );
}

/**
 * Opens what is refreshed, locked against other operators of the phase.
 *
 * @throws DrydockError `not-loaded`: there is nothing to refresh before the phase was run
 */
export async function openDerived(
  options: TargetOptions,
  cleanup: Cleanup,
): Promise<{ readonly context: Context; readonly phase: DerivedPhase; readonly entry: PhaseEntry }> {
  const opened = await openContext(options, cleanup);
  const phase = requireDerived(opened);
  await lockOperator({ ...opened, phaseNames: [phase.name] }, 'refresh', cleanup);
  const context = await lookAgain(opened);
  return { context, phase, entry: await derivedEntry(context, phase) };
}

/** The phase's entry as it is now. */
async function derivedEntry({ session, schema }: Context, { name }: DerivedPhase): Promise<PhaseEntry> {
  const entry = (await readPhases(session, schema)).get(name);
  if (entry !== undefined && entry.state !== 'loading') return entry;
  throw new DrydockError({
    code: 'not-loaded',
    what: `Phase ${name} ${entry === undefined ? 'was not run' : 'is not complete'}; there is nothing to refresh yet.`,
    state: 'No view was refreshed.',
    next: `Run: drydock run --phase ${name}`,
  });
}
