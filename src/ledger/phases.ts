import type { Session } from '../db/session.js';
import type { KeyRange } from '../keys/key-range.js';
import type { PhaseName } from '../reports/phase-name.js';
import type { PhaseState } from '../reports/phase-state.js';
import { ledgerExists } from './schema.js';

/** First key of the advisory locks of transactions that move a phase on: `DRYT` in ASCII. */
const TURN_CLASS = 0x44525954;

/** A phase as the ledger knows it. */
export interface PhaseEntry {
  readonly id: number;
  readonly phase: PhaseName;
  readonly state: Exclude<PhaseState, 'new'>;
  /** What the run was planned for, as JSON text. */
  readonly config: string;
  readonly batchSize: number;
}

/** The phases that the ledger knows for a schema; empty when there is no ledger. */
export async function readPhases(session: Session, schema: string): Promise<Map<PhaseName, PhaseEntry>> {
  return (await ledgerExists(session)) ? readEntries(session, schema) : new Map();
}

/** The same, where the ledger is known to be there. */
export async function readEntries(session: Session, schema: string): Promise<Map<PhaseName, PhaseEntry>> {
  const rows = await session.query(
    'select id, phase, state, config::text as config, batch_size from drydock.phases where schema_name = $1::text',
    [schema],
  );
  return new Map(
    rows.map((row) => {
      const phase = row.phase as PhaseName;
      return [
        phase,
        {
          id: Number(row.id),
          phase,
          state: row.state as PhaseEntry['state'],
          config: String(row.config),
          batchSize: Number(row.batch_size),
        },
      ];
    }),
  );
}

/** Enters a phase with its batches; gives its id. */
export async function enterPhase(
  session: Session,
  entry: {
    readonly schema: string;
    readonly phase: PhaseName;
    readonly config: string;
    readonly batchSize: number;
    readonly ranges: readonly KeyRange[];
  },
): Promise<number> {
  const { id } = await session.one(
    `insert into drydock.phases (schema_name, phase, config, batch_size)
     values ($1::text, $2::text, $3::jsonb, $4::int) returning id`,
    [entry.schema, entry.phase, entry.config, entry.batchSize],
  );
  const json = JSON.stringify(
    entry.ranges.map((range, index) => ({ number: index + 1, key_from: range.from, key_to: range.to })),
  );
  await session.execute(
    `insert into drydock.batches (phase_id, number, key_from, key_to)
     select $1::int, b.number, b.key_from, b.key_to
     from jsonb_to_recordset($2::jsonb) as b (number int, key_from uuid, key_to uuid)`,
    [Number(id), json],
  );
  return Number(id);
}

/**
 * What a run, a sync or a verification makes of a phase. One that was cut over stays so whatever is loaded or verified
 * meanwhile: only `rollback` and `complete` lead out of it.
 */
export async function setState(session: Session, phaseId: number, state: PhaseEntry['state']): Promise<void> {
  await session.execute(
    `update drydock.phases set state = $2::text where id = $1::int and state not in ('cut-over', 'completed')`,
    [phaseId, state],
  );
}

/** Whether there is anything left for a phase in the queue; a verified one for which there is nothing is in sync from then on. */
export async function settleState(
  session: Session,
  phaseId: number,
): Promise<{ readonly state: PhaseState; readonly backlog: number }> {
  const { state, backlog } = await session.one(
    `with waiting as (select count(*) as n from drydock.changes where phase_id = $1::int), settled as (
       update drydock.phases set state = 'in-sync' where id = $1::int and state = 'verified' and (select n from waiting) = 0 returning state
     ) select coalesce(s.state, p.state) as state, w.n as backlog
     from drydock.phases p cross join waiting w left join settled s on true where p.id = $1::int`,
    [phaseId],
  );
  return { state: state as PhaseState, backlog: Number(backlog) };
}

/** Moves a phase to a state from any other one: for cutover, rollback and complete. */
export async function moveState(
  session: Session,
  phaseId: number,
  state: PhaseEntry['state'],
): Promise<void> {
  await session.execute('update drydock.phases set state = $2::text where id = $1::int', [phaseId, state]);
}

/** The state as it is now, and the phase's row locked for the transaction. */
export async function lockState(session: Session, phaseId: number): Promise<PhaseEntry['state'] | null> {
  const [row] = await session.query(
    `select p.state, pg_advisory_xact_lock_shared(${TURN_CLASS}, hashtext(p.schema_name)) from drydock.phases p where p.id = $1::int for update`,
    [phaseId],
  );
  return (row?.state ?? null) as PhaseEntry['state'] | null;
}

/**
 * Waits for transactions that have locked a phase of the schema. A command that was killed has given its other locks
 * back, while its COMMIT may still be on its way; who does not wait for it works with tables that are about to
 * be others.
 */
export async function awaitTurns(session: Session, schema: string): Promise<void> {
  // Outside of a transaction the lock is gone with the statement.
  await session.execute('select pg_advisory_xact_lock($1::int, hashtext($2::text))', [TURN_CLASS, schema]);
}

/** Enters that work on a phase begins, in the list of runs and in the journal; gives the run's id. */
export async function startRun(session: Session, phaseId: number, operator: string): Promise<number> {
  const row = await session.one(
    `with r as (
       insert into drydock.runs (phase_id, operator, backend_pid)
       values ($1::int, $2::text || ' as ' || current_user, pg_backend_pid()) returning id, phase_id, operator
     ), e as (
       insert into drydock.events (schema_name, phase, kind, operator)
       select p.schema_name, p.phase, 'started', r.operator from r join drydock.phases p on p.id = r.phase_id
     )
     select id from r`,
    [phaseId, operator],
  );
  return Number(row.id);
}

/** Enters how work on a phase ended. `outcome`: the phase's state, or the code of what ended it early. */
export async function finishRun(
  session: Session,
  runId: number,
  kind: 'finished' | 'stopped' | 'failed',
  outcome: string,
): Promise<void> {
  await session.execute(
    `with r as (
       update drydock.runs set finished_at = clock_timestamp(), outcome = $3::text where id = $1::int
       returning phase_id, operator
     )
     insert into drydock.events (schema_name, phase, kind, operator, detail)
     select p.schema_name, p.phase, $2::text, r.operator, $3::text from r join drydock.phases p on p.id = r.phase_id`,
    [runId, kind, outcome],
  );
}

export async function recordVerification(
  session: Session,
  phaseId: number,
  result: { readonly equal: boolean; readonly strict: boolean; readonly tables: unknown },
): Promise<void> {
  await session.execute(
    'insert into drydock.verifications (phase_id, equal, strict, tables) values ($1::int, $2::boolean, $3::boolean, $4::jsonb)',
    [phaseId, String(result.equal), String(result.strict), JSON.stringify(result.tables)],
  );
}
