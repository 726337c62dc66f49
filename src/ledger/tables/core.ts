import { literal } from '../../db/identifier.js';
import { PHASE_STATES } from '../../reports/phase-state.js';
import { EVENT_KINDS } from '../../reports/status.js';
import { OBJECT_KINDS } from '../object-kinds.js';

const list = (words: readonly string[]) => words.map(literal).join(', ');

const LEDGER_STATES = PHASE_STATES.filter((state) => state !== 'new');

/** Phases, their runs and batches, what was put aside and what was verified, what we made, orders and the journal. */
export const CORE_TABLES = `
create table drydock.phases (
  id int generated always as identity primary key,
  schema_name text not null,
  phase text not null,
  state text not null default 'loading' check (state in (${list(LEDGER_STATES)})),
  config jsonb not null,
  batch_size int not null,
  created_at timestamptz not null default now(),
  unique (schema_name, phase)
);
create table drydock.runs (
  id int generated always as identity primary key,
  phase_id int not null references drydock.phases on delete cascade,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  outcome text,
  operator text not null,
  backend_pid int not null
);
create table drydock.batches (
  phase_id int not null references drydock.phases on delete cascade,
  number int not null,
  key_from uuid,
  key_to uuid,
  status text not null default 'pending' check (status in ('pending', 'done')),
  sources jsonb not null default '{}',
  rows_in bigint not null default 0,
  rows_out bigint not null default 0,
  folded bigint not null default 0,
  rejected bigint not null default 0,
  attempts int not null default 0,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (phase_id, number)
);
create table drydock.rejects (
  id bigint generated always as identity primary key,
  phase_id int not null references drydock.phases on delete cascade,
  batch int not null,
  source text not null,
  merge_key uuid not null,
  reason text not null,
  payload jsonb not null
);
create index on drydock.rejects (phase_id, source, merge_key);
create table drydock.verifications (
  id int generated always as identity primary key,
  phase_id int not null references drydock.phases on delete cascade,
  verified_at timestamptz not null default clock_timestamp(),
  equal boolean not null,
  strict boolean not null,
  tables jsonb not null
);
create table drydock.objects (
  phase_id int not null references drydock.phases on delete cascade,
  kind text not null check (kind in (${list(OBJECT_KINDS)})),
  schema_name text not null,
  name text not null,
  oid oid not null,
  definition text,
  owner text,
  primary key (phase_id, kind, schema_name, name)
);
create table drydock.orders (
  schema_name text primary key,
  run_pid int not null,
  max_rate int,
  throttled_at timestamptz not null default clock_timestamp(),
  throttled_by text not null,
  paused boolean not null default false,
  pause_at timestamptz,
  pause_by text,
  halted_at timestamptz
);
create table drydock.events (
  id bigint generated always as identity primary key,
  schema_name text not null,
  phase text,
  happened_at timestamptz not null default clock_timestamp(),
  kind text not null check (kind in (${list(EVENT_KINDS)})),
  operator text not null,
  detail text
);
create index on drydock.events (schema_name, id);
`;
