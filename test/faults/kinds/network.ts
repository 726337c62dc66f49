import type { Connection } from '../connection.js';
import type { Kind, Site } from '../kind.js';
import { queryMessage } from '../wire.js';

/** The connection of the statement that is held, else one by chance. */
function connectionOf({ statement, proxy, random }: Site): Connection | undefined {
  if (statement !== undefined) return statement.connection;
  const { connections } = proxy;
  return connections.length === 0 ? undefined : random.pick(connections);
}

export const cut: Kind = {
  name: 'cut',
  what: 'the network cuts one connection',
  when: 'any',
  outcomes: { stops: true },
  weight: 5,
  async inject(site) {
    const connection = connectionOf(site);
    connection?.cut();
    return connection === undefined ? 'it had no connection' : 'connection cut';
  },
};

export const cutAll: Kind = {
  name: 'cut-all',
  what: 'the network cuts all connections at once',
  when: 'any',
  outcomes: { stops: true },
  weight: 1,
  async inject({ proxy }) {
    const { connections } = proxy;
    for (const connection of connections) connection.cut();
    return `${connections.length} connections cut`;
  },
};

export const cutCommit: Kind = {
  name: 'cut-commit',
  what: 'the network cuts a connection at its COMMIT: lost before it arrives, or only the answer is lost',
  when: 'commit',
  positions: ['before', 'sent'],
  outcomes: { stops: true },
  weight: 5,
  async inject(site) {
    site.statement?.connection.cut();
    return 'connection cut at COMMIT';
  },
};

export const failedCommit: Kind = {
  name: 'failed-commit',
  what: 'the server answers ROLLBACK to a COMMIT, as it does for a transaction that has failed',
  when: 'commit',
  positions: ['before'],
  outcomes: { stops: true },
  weight: 2,
  async inject(site) {
    site.statement?.connection.replace(queryMessage('rollback'));
    return 'the commit became a rollback';
  },
};

export const stall: Kind = {
  name: 'stall',
  what: 'one connection passes nothing on any more, and stays open',
  when: 'any',
  outcomes: { stops: true },
  weight: 1,
  async inject(site) {
    const connection = connectionOf(site);
    connection?.stall();
    site.heal.add(() => connection?.cut());
    return connection === undefined ? 'it had no connection' : 'connection stalled';
  },
};

export const trickle: Kind = {
  name: 'trickle',
  what: 'a network that delivers what the server says in pieces of a few bytes',
  when: 'start',
  trickles: true,
  outcomes: { stops: false },
  weight: 1,
  inject: async () => 'slow network',
};
