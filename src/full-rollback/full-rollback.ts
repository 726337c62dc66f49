import { type CheckedBackup, checkBackup } from '../backup/check.js';
import { makeAgain } from '../backup/restore.js';
import { targetOf } from '../backup/restore-target.js';
import { type Context, lookAgain, openContext } from '../context/context.js';
import { secondsSince, stoppable } from '../context/stoppable.js';
import { lockOperator } from '../control/lock.js';
import { dropLegacySchemaIfEmpty, prepareLegacySchema } from '../cutover/legacy-schema.js';
import { patienceOf, underLocks } from '../cutover/locks.js';
import { dropPhase, requireOrder, wouldDrop } from '../cutover/rollback.js';
import { withCleanup } from '../db/cleanup.js';
import { ident, qualified } from '../db/identifier.js';
import { readMoved } from '../ledger/moved.js';
import { LEGACY_SCHEMA } from '../legacy/moved.js';
import { phasesOf } from '../project/project.js';
import type { FullRollbackOptions, FullRollbackReport, PutBack } from '../reports/full-rollback.js';
import { requireOptions } from '../reports/options.js';
import { foreignKeysBack, foreignKeysOff } from './foreign-keys.js';
import { locksFor } from './locks.js';
import { namesBack, requireOurViews, viewChanges, viewsOff } from './names.js';
import { compare, putRowsBack } from './rows.js';
import { requireCovered, type SavedTable } from './scope.js';

const STATE = 'Nothing was rolled back: all of it is one transaction.';

/**
 * All of the way back: the legacy tables of the phases are as a backup has them, under their names, and what Drydock
 * made for the phases is gone, wherever they were: loaded, cut over, completed, their old tables dropped. What was
 * written since the backup is gone too. One transaction, so that a kill leaves all or nothing of it.
 *
 * The whole backup is read and compared with its manifest before anything else.
 *
 * @throws DrydockError
 */
export async function rollbackFully(options: FullRollbackOptions): Promise<FullRollbackReport> {
  requireOptions('rollbackFully', options);
  const start = performance.now();
  return stoppable(options, STATE, () =>
    withCleanup(async (cleanup) => {
      const backup = await checkBackup(options.from, options.signal);
      const context = await openContext(options, cleanup);
      const saved = requireCovered(context, backup.manifest, backup.directory);
      if (options.dryRun !== true) await lockOperator(context, 'rollback', cleanup);
      const now = await lookAgain(context);
      const names = [...phasesOf(now.project)].reverse().filter((name) => now.phaseNames.includes(name));
      requireOrder(now.project, names, now.entries);
      await requireOurViews(now, names);
      const about = {
        database: now.database,
        schema: now.schema,
        dryRun: options.dryRun === true,
        directory: backup.directory,
        takenAt: backup.manifest.takenAt,
      };
      const moved = now.hasLedger ? await readMoved(now.session, now.schema) : new Map();
      if (options.dryRun === true) {
        const phases = [];
        for (const phase of names)
          phases.push({ phase, dropped: await wouldDrop(now.session, now.entries.get(phase)) });
        const tables: PutBack[] = [];
        for (const one of saved) tables.push(await compare(now.session, one, moved));
        const changes = await viewChanges(now, names);
        return {
          ...about,
          phases,
          tables,
          carried: changes.carried,
          differences: [],
          warnings: [],
          seconds: secondsSince(start),
        };
      }
      const session = await now.connector.open(cleanup);
      const { result } = await underLocks(
        session,
        await locksFor(now, saved, moved),
        {
          ...patienceOf(options),
          signal: options.signal,
          state: STATE,
        },
        async () => {
          const keys = await foreignKeysOff(session, now, { names, moved });
          // Read behind the locks: until now somebody may have altered the views.
          const changes = await viewChanges({ ...now, session }, names);
          await viewsOff({ ...now, session }, moved, names, changes);
          const phases = [];
          for (const phase of names)
            phases.push({
              phase,
              dropped: await dropPhase({ ...now, session }, phase, now.entries.get(phase)),
            });
          await namesBack({ ...now, session }, moved, names, changes);
          const { tables, warnings } = await putRowsBack(session, backup, saved);
          const made = await makeMissing(session, backup, missingOf(saved, tables), now);
          const unproven = await foreignKeysBack(session, keys);
          return {
            phases,
            tables,
            carried: changes.carried,
            differences: made.differences,
            warnings: [...warnings, ...made.warnings, ...unproven],
          };
        },
      );
      return { ...about, ...result, seconds: secondsSince(start) };
    }),
  );
}

async function makeMissing(
  session: Parameters<typeof makeAgain>[0],
  backup: CheckedBackup,
  missing: readonly SavedTable[],
  { report }: Context,
): Promise<Pick<FullRollbackReport, 'differences' | 'warnings'>> {
  if (missing.length === 0) return { differences: [], warnings: [] };
  const target = targetOf(backup, {
    from: backup.directory,
    databaseUrl: undefined,
    tables: missing.map(({ file }) => `${file.schema}.${file.name}`),
  });
  const info = (message: string) => report({ type: 'notice', level: 'info', message });
  if (missing.some(({ file }) => file.schema === LEGACY_SCHEMA)) await prepareLegacySchema(session, []);
  const made = await makeAgain(session, backup, target, { verify: false, info });
  for (const { file, home } of missing) {
    if (file.schema === home) continue;
    await session.execute(`alter table ${qualified(file.schema, file.name)} set schema ${ident(home)}`);
  }
  await dropLegacySchemaIfEmpty(session);
  return made;
}

function missingOf(saved: readonly SavedTable[], tables: readonly PutBack[]): SavedTable[] {
  return saved.filter((_, at) => tables[at]?.outcome === 'made');
}
