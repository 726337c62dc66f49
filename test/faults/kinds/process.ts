import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kind, Site } from '../kind.js';

/** The process is gone before anything else happens: what was held never reaches the server. */
async function killAndWait({ process }: Site): Promise<void> {
  if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
  const ended = once(process, 'exit');
  process.kill('SIGKILL');
  await ended;
}

export const kill: Kind = {
  name: 'kill',
  what: '`kill -9` of the process',
  when: 'any',
  outcomes: { stops: false, killedBy: 'SIGKILL' },
  weight: 6,
  async inject(site) {
    await killAndWait(site);
    site.statement?.connection.cut();
    return 'killed';
  },
};

/** A message may be on its way for this long after the next command has begun. */
const LATE_MS = 4_000;
/** The next command has begun by then, on any machine. */
const BEGUN_MS = 20_000;

/** Until somebody waits for what a backend holds, or the next command has been at work for so long. */
async function untilWaitedFor({ server, database }: Site, backend: number, lateMs: number): Promise<void> {
  await server.with(database, async (client) => {
    let until = performance.now() + BEGUN_MS;
    let begun = false;
    const { rows } = await client.query<{ now: string }>('select clock_timestamp()::text as now');
    while (performance.now() < until) {
      const { rows: seen } = await client.query<{ awaited: boolean | null; begun: boolean | null }>(
        `select bool_or($1::int = any (pg_blocking_pids(pid))) as awaited,
           bool_or(application_name = 'drydock' and backend_start > $2::timestamptz) as begun
         from pg_stat_activity where datname = current_database()`,
        [backend, rows[0]?.now],
      );
      if (seen[0]?.awaited === true) return;
      if (!begun && seen[0]?.begun === true) {
        begun = true;
        until = performance.now() + lateMs;
      }
      await sleep(25);
    }
  });
}

function lateCommitOf(lateMs: number): Kind {
  return {
    name: 'late-commit',
    what: '`kill -9` of the process, whose COMMIT arrives when the next run is already at work',
    when: 'commit',
    positions: ['before'],
    outcomes: { stops: false, killedBy: 'SIGKILL' },
    atOnce: true,
    weight: 2,
    async inject(site) {
      const { connection } = site.statement ?? {};
      const killed = killAndWait(site);
      if (connection !== undefined) {
        const awaited = killed.then(() => untilWaitedFor(site, connection.backend, lateMs));
        connection.deliverLate(awaited.catch(() => undefined));
      }
      await killed;
      return 'killed; its commit arrives when the next run waits for it';
    },
  };
}

export const lateCommit = lateCommitOf(LATE_MS);

/** For a commit that the next run does wait for, however slow the machine is. */
export const awaitedCommit = lateCommitOf(30_000);

export const interrupt: Kind = {
  name: 'interrupt',
  what: 'SIGINT to the process, as by Ctrl-C',
  when: 'any',
  outcomes: { stops: false, told: 130 },
  weight: 3,
  async inject({ process }) {
    process?.kill('SIGINT');
    return 'interrupted';
  },
};
