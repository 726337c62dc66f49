import { stoppable } from '../context/stoppable.js';
import { tryLockStatement } from '../control/lock-owner.js';
import { withCleanup } from '../db/cleanup.js';
import { literal } from '../db/identifier.js';
import { refreshStatement } from '../derived/refresh-function.js';
import { DrydockError } from '../errors.js';
import { enterJob, hasCron } from '../ledger/refreshes.js';
import { requireOptions } from '../reports/options.js';
import type { ScheduleOptions, ScheduleReport } from '../reports/refresh.js';
import { openDerived } from './refresh.js';

/**
 * Has pg_cron do what `refresh` does, inside the server. Given again it changes the schedule; rollback of the phase
 * ends it.
 */
export async function scheduleRefresh(options: ScheduleOptions): Promise<ScheduleReport> {
  requireOptions('scheduleRefresh', options);
  const schedule = cronSchedule(options.everySeconds);
  return stoppable(options, 'No job was made.', () =>
    withCleanup(async (cleanup) => {
      const { context, phase, entry } = await openDerived(options, cleanup);
      const { database, schema, session } = context;
      if (!(await hasCron(session))) throw noCron(database);
      const { counts } = await phase.bind(context);
      const name = refreshJobName(schema);
      const command = jobCommand(schema, entry.id, counts?.fold ?? []);
      const id = await session.transaction(async () => {
        const job = await session.one('select cron.schedule($1::text, $2::text, $3::text) as id', [
          name,
          schedule,
          command,
        ]);
        await enterJob(session, entry.id, { id: Number(job.id), schedule });
        return Number(job.id);
      });
      return { database, schema, job: { id, name, schedule } };
    }),
  );
}

/** What the job is called in pg_cron. */
export function refreshJobName(schema: string): string {
  return `drydock refresh of ${schema}`;
}

/** What the job does: nothing while a command of ours is at work on the schema. */
function jobCommand(schema: string, phaseId: number, statements: readonly string[]): string {
  const refreshOne = refreshStatement(schema)
    .replace('$1::text', 'v.view_name')
    .replace('$2::boolean', 'false')
    .replace('select ', 'perform ');
  const body = `
begin
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  if not (${tryLockStatement(schema)}) then return; end if;
  ${statements.map((statement) => `${statement};`).join('\n  ')}
  ${refreshOne} from drydock.refreshes v where v.phase_id = ${phaseId};
end`;
  return `do ${literal(body)}`;
}

/** The schedule of pg_cron for an interval; it knows those that divide a minute, an hour or a day. */
export function cronSchedule(seconds: number): string {
  const step = (every: number) => (every === 1 ? '*' : `*/${every}`);
  const [minutes, hours] = [seconds / 60, seconds / 3600];
  if (Number.isInteger(seconds) && seconds > 0 && seconds < 60) return `${seconds} seconds`;
  if (Number.isInteger(minutes) && minutes < 60 && 60 % minutes === 0) return `${step(minutes)} * * * *`;
  if (Number.isInteger(hours) && hours < 24 && 24 % hours === 0) return `0 ${step(hours)} * * *`;
  if (hours === 24) return '0 0 * * *';
  throw new DrydockError({
    code: 'bad-option',
    what: `pg_cron has no schedule for every ${seconds} seconds: an interval has to divide an hour or a day.`,
    state: 'No schedule was made.',
    next: 'Give --every 15m, 1h, 6h or 1d, for instance; drydock refresh --every without --pg-cron takes any.',
  });
}

function noCron(database: string): DrydockError {
  return new DrydockError({
    code: 'no-pg-cron',
    what: `The extension pg_cron is not there in database "${database}".`,
    state: 'No schedule was made.',
    next: 'Have it installed and created there, or let a service run: drydock refresh --every 6h.',
  });
}
