import { requireNotCompleted } from '../context/configuration.js';
import type { Context } from '../context/context.js';
import { notLoaded } from '../context/not-loaded.js';
import { Inbox } from '../control/control-channel.js';
import type { Lock } from '../control/lock.js';
import { Pace } from '../control/pace.js';
import type { Session } from '../db/session.js';
import { throwIfStops } from '../errors/stop.js';
import { DrydockError } from '../errors.js';
import { consolidationsOf } from '../project/project.js';
import type { SyncOptions } from '../reports/sync.js';
import { DEFAULTS } from '../reports/target.js';
import type { Reloading } from './catch-up.js';
import type { SyncJob } from './job.js';
import { openSyncJob } from './sync-phase.js';

/** A phase to keep up to date, and how its batches are loaded again where that is needed. */
export interface SyncWork {
  readonly context: Context;
  readonly job: SyncJob;
  readonly reloading: () => Promise<Reloading>;
}

const UNAPPLIED =
  'Nothing was applied now; what was applied before is complete, and what was captured is in the queue.';

/**
 * The phases that can be kept up to date, of the database as it was found when the lock was held. One that was named and cannot is
 * an error; of the others it is left out what was never finished, or is completed.
 */
export async function openSyncWork(context: Context, lock: Lock, options: SyncOptions): Promise<SyncWork[]> {
  const { legacy } = context;
  throwIfStops(legacy.stops, UNAPPLIED);
  const budget = { left: options.maxRejects ?? DEFAULTS.maxRejects };
  const work: SyncWork[] = [];
  for (const definition of consolidationsOf(context.project, context.phaseNames)) {
    const entry = context.entries.get(definition.name);
    const isNamed = options.phases !== undefined;
    if (entry === undefined) {
      if (isNamed) throw notLoaded(`Phase ${definition.name} was not run`, 'drydock status');
      continue;
    }
    if (isNamed) requireNotCompleted(entry);
    if (entry.state === 'completed') continue;
    const phase = definition.bind(legacy, new Set(context.entries.keys()));
    const job = await openSyncJob(context, phase, entry, budget).catch((error: unknown) => {
      if (isNamed || !(error instanceof DrydockError) || error.code !== 'not-loaded') throw error;
      return undefined;
    });
    if (job === undefined) continue;
    const reloading = async (): Promise<Reloading> => {
      const inbox = new Inbox(context, lock, null);
      await inbox.open();
      const pace = new Pace({ context, phase: phase.name, inbox, watch: undefined });
      return { concurrency: DEFAULTS.concurrency, batchSize: entry.batchSize, pace };
    };
    work.push({ context, job, reloading });
  }
  if (work.length > 0) return work;
  for (const entry of context.entries.values()) requireNotCompleted(entry);
  throw notLoaded('Nothing was unified completely', 'drydock run');
}

/**
 * All that the work rests on, as one text: which phases there are, in which state, what reports to them, and how the
 * tables and triggers are declared. Where it is the same as before, nothing has to be looked at again.
 */
export async function readFooting(session: Session, schema: string): Promise<string> {
  const { footing } = await session.one(
    `with watched as (
       select distinct c.table_oid as oid from drydock.captures c join drydock.phases p on p.id = c.phase_id where p.schema_name = $1::text
     ), facts (fact) as (
       select concat_ws(',', 'p', p.id, p.phase, p.batch_size, p.state in ('loading', 'completed')) from drydock.phases p where p.schema_name = $1::text
       union all select concat_ws(',', 'c', c.phase_id, c.source, c.table_oid, c.function_name) from drydock.captures c
       union all select concat_ws(',', 'r', c.oid, c.relname, c.relnamespace, c.relkind) from watched w join pg_class c on c.oid = w.oid
       union all select concat_ws(',', 'a', a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attisdropped, a.attnotnull)
         from watched w join pg_attribute a on a.attrelid = w.oid and a.attnum > 0
       union all select concat_ws(',', 't', t.tgrelid, t.tgname, t.tgenabled, t.tgfoid) from watched w join pg_trigger t on t.tgrelid = w.oid and not t.tgisinternal
     )
     select md5(string_agg(fact, ';' order by fact)) as footing from facts`,
    [schema],
  );
  return String(footing);
}

/** Whether there is something to do for a phase. */
export async function hasWork(session: Session, phaseId: number): Promise<boolean> {
  const { found } = await session.one(
    `select (exists (select from drydock.changes where phase_id = $1::int)
       or exists (select from drydock.batches where phase_id = $1::int and status = 'pending'))::text as found`,
    [phaseId],
  );
  return found === 'true';
}
