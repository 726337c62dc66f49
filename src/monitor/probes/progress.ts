import { readRunning } from '../../control/running.js';
import { newestEvent } from '../../ledger/events.js';
import { phasesOf } from '../../project/project.js';
import type { PhaseProgress, Progress } from '../../reports/monitor.js';
import type { Running } from '../../reports/status.js';
import type { SideHash } from '../../reports/verify.js';
import { readBatchMap } from './batch-map.js';
import { numberOr, type ProbeContext } from './probe.js';

/** The recent rate is that of the batches of this many seconds, and of so many batches at least: some take minutes. */
const RECENT_SECONDS = 60;
const RECENT_BATCHES = 4;

/**
 * How far each phase is. The recent rate comes from the ledger's own times and not from the checks: so it is right at
 * the first check, whatever the interval is, and a batch is never counted half.
 */
const PHASES = `
select p.id::text as id, p.phase, p.state, p.batch_size, b.*, r.*, v.*
from drydock.phases p
cross join lateral (
  select count(*) as total, count(*) filter (where status = 'done') as done,
    count(*) filter (where status = 'pending' and attempts > 0) as reopened,
    coalesce(sum(rows_in), 0) as rows_in, coalesce(sum(rows_out), 0) as rows_out,
    coalesce(sum(folded), 0) as folded, coalesce(sum(rejected), 0) as rejected,
    extract(epoch from clock_timestamp() - max(finished_at)) as idle
  from drydock.batches where phase_id = p.id
) b
left join lateral (
  select started_at::text as run_started, extract(epoch from clock_timestamp() - started_at) as run_age,
    finished_at::text as run_finished, outcome as run_outcome, operator as run_operator,
    (select e.kind from drydock.events e
     where e.schema_name = p.schema_name and e.phase = p.phase and e.kind in ('finished', 'stopped', 'failed')
       and e.happened_at >= x.started_at and x.finished_at is not null
     order by e.id desc limit 1) as run_ended
  from drydock.runs x where phase_id = p.id order by id desc limit 1
) r on true
left join lateral (
  select verified_at::timestamptz(0)::text as verified_at, equal::text as verified_equal, strict::text as verified_strict, tables::text as verified_tables
  from drydock.verifications where phase_id = p.id order by id desc limit 1
) v on true
where p.schema_name = $1::text
order by p.id`;

/** Rows of the newest batches, and how long ago the batch before them was done. */
const RECENT = `
with newest as (
  select rows_in, finished_at, started_at, row_number() over (order by finished_at desc) as place
  from drydock.batches where phase_id = $1::int and finished_at is not null
  order by finished_at desc limit 1000
), recent as (
  select * from newest
  where place <= $2::int or finished_at > clock_timestamp() - $3::float8 * interval '1 second'
)
select sum(rows_in) as rows,
  extract(epoch from clock_timestamp() - coalesce(
    (select finished_at from newest where place = (select max(place) + 1 from recent)), min(started_at))) as seconds
from recent`;

export async function readProgress(
  context: ProbeContext,
  options: { readonly ledger: boolean; readonly maps: boolean },
): Promise<Progress> {
  const { session, project, schema } = context;
  if (!options.ledger) {
    return {
      running: await readRunning(session, phasesOf(project), schema, false),
      lastEvent: null,
      phases: [],
      maps: [],
    };
  }
  let { rows, running } = await look(context);
  // It ended between the two questions, or it is gone without a word: the second look knows.
  if (running === null && rows.some(isOpen)) ({ rows, running } = await look(context));
  const phases: PhaseProgress[] = [];
  for (const row of rows) {
    const recent = await session.one(RECENT, [String(row.id), RECENT_BATCHES, RECENT_SECONDS]);
    phases.push(phaseOf(row, recent));
  }
  const maps = [];
  if (options.maps) {
    for (const [index, row] of rows.entries()) {
      const phase = phases[index];
      if (phase !== undefined) maps.push(await readBatchMap(session, String(row.id), phase));
    }
  }
  return { running, lastEvent: await newestEvent(session, schema), phases, maps };
}

async function look({
  session,
  project,
  schema,
}: ProbeContext): Promise<{ rows: Row[]; running: Running | null }> {
  const rows = await session.query(PHASES, [schema]);
  return { rows, running: await readRunning(session, phasesOf(project), schema, true) };
}

function isOpen({ run_started, run_finished }: Row): boolean {
  return run_started != null && run_finished == null;
}

type Row = Readonly<Record<string, string | null>>;

function phaseOf(row: Row, recent: Row): PhaseProgress {
  return {
    phase: row.phase as PhaseProgress['phase'],
    state: row.state as PhaseProgress['state'],
    batches: {
      total: Number(row.total),
      done: Number(row.done),
      reopened: Number(row.reopened),
      size: Number(row.batch_size),
    },
    rowsIn: Number(row.rows_in),
    rowsOut: Number(row.rows_out),
    folded: Number(row.folded),
    rejected: Number(row.rejected),
    recent: recent.rows == null ? null : { rows: Number(recent.rows), seconds: Number(recent.seconds) },
    idleSeconds: numberOr(row.idle, null),
    run:
      row.run_started == null
        ? null
        : {
            startedAt: row.run_started,
            startedSecondsAgo: Number(row.run_age),
            finishedAt: row.run_finished ?? null,
            outcome: row.run_outcome ?? null,
            ended: (row.run_ended ?? null) as NonNullable<PhaseProgress['run']>['ended'],
            by: String(row.run_operator),
          },
    verification:
      row.verified_at == null
        ? null
        : {
            at: row.verified_at,
            equal: row.verified_equal === 'true',
            strict: row.verified_strict === 'true',
            tables: verifiedTables(String(row.verified_tables)),
          },
  };
}

/** Only what is needed is taken out of the ledger's JSON: counts, sums, numbers of batches. */
function verifiedTables(json: string) {
  interface Recorded {
    readonly table: string;
    readonly equal: boolean;
    readonly legacy: SideHash;
    readonly unified: SideHash;
    readonly differingBatches?: readonly number[];
  }
  return (JSON.parse(json) as Recorded[]).map(({ table, equal, legacy, unified, differingBatches = [] }) => ({
    table,
    equal,
    legacy,
    unified,
    differingBatches,
  }));
}
