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

/** A message may be on its way for this long after its sender has died. */
const LATE_MS = 4_000;

/** Until somebody waits for what a backend holds, or the time is over. */
async function untilWaitedFor({ server, database }: Site, backend: number): Promise<void> {
  await server.with(database, async (client) => {
    for (const until = performance.now() + LATE_MS; performance.now() < until; await sleep(25)) {
      const { rowCount } = await client.query(
        'select from pg_stat_activity where $1::int = any (pg_blocking_pids(pid))',
        [backend],
      );
      if (rowCount !== 0) return;
    }
  });
}

export const lateCommit: Kind = {
  name: 'late-commit',
  what: '`kill -9` of the process, whose COMMIT arrives when the next run is already at work',
  when: 'commit',
  positions: ['before'],
  outcomes: { stops: false, killedBy: 'SIGKILL' },
  atOnce: true,
  weight: 2,
  async inject(site) {
    const { connection } = site.statement ?? {};
    if (connection !== undefined)
      connection.deliverLate(untilWaitedFor(site, connection.backend).catch(() => undefined));
    await killAndWait(site);
    return 'killed; its commit arrives when the next run waits for it';
  },
};

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
