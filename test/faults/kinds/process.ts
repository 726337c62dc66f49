import { once } from 'node:events';
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

/** How long a message may be on its way after its sender has died. */
const LATE_MS = 700;

export const lateCommit: Kind = {
  name: 'late-commit',
  what: '`kill -9` of the process, whose COMMIT arrives when the next run is already at work',
  when: 'commit',
  positions: ['before'],
  outcomes: { stops: false, killedBy: 'SIGKILL' },
  atOnce: true,
  weight: 2,
  async inject(site) {
    site.statement?.connection.deliverLate(LATE_MS);
    await killAndWait(site);
    return `killed; its commit arrives ${LATE_MS} ms later`;
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
