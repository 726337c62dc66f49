import type { Kind, Site } from '../kind.js';

/** The backend of the statement that is held, else one of those that the process has, by chance. */
async function victim({ server, database, random, statement }: Site): Promise<number | undefined> {
  if (statement !== undefined) return statement.connection.backend;
  const { rows } = await server.with(database, (client) =>
    client.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'drydock' order by backend_start, pid`,
    ),
  );
  return rows.length === 0 ? undefined : random.pick(rows).pid;
}

async function signal(site: Site, call: 'pg_terminate_backend' | 'pg_cancel_backend'): Promise<string> {
  const pid = await victim(site);
  if (pid === undefined) return 'it had no backend';
  await site.server.with(site.database, (client) => client.query(`select ${call}($1::int)`, [pid]));
  return `${call} of one of its backends`;
}

export const terminate: Kind = {
  name: 'terminate',
  what: '`pg_terminate_backend` of one of its backends',
  when: 'any',
  outcomes: { stops: true },
  weight: 4,
  inject: (site) => signal(site, 'pg_terminate_backend'),
};

export const terminateAll: Kind = {
  name: 'terminate-all',
  what: '`pg_terminate_backend` of all its backends at once',
  when: 'any',
  outcomes: { stops: true },
  weight: 1,
  async inject({ server, database }) {
    const { rowCount } = await server.with(database, (client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'drydock'`,
      ),
    );
    return `${rowCount} backends terminated`;
  },
};

export const cancel: Kind = {
  name: 'cancel',
  what: '`pg_cancel_backend` of one of its backends',
  when: 'any',
  outcomes: { stops: true },
  weight: 4,
  inject: (site) => signal(site, 'pg_cancel_backend'),
};

const CANCELS_MS = 300;

export const cancels: Kind = {
  name: 'cancels',
  what: '`pg_cancel_backend` of every statement that is under way, again and again for 0.3 s',
  when: 'any',
  outcomes: { stops: true },
  weight: 0, // only when it is asked for
  async inject({ server, database, heal }) {
    const client = await server.connect(database);
    const until = performance.now() + CANCELS_MS;
    const cancelling = (async () => {
      while (performance.now() < until) {
        await client.query(
          `select pg_cancel_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'drydock' and state = 'active'`,
        );
      }
    })().finally(() => client.end());
    heal.add(() => cancelling);
    return `cancelling for ${CANCELS_MS} ms`;
  },
};

export const crash: Kind = {
  name: 'crash',
  what: '`kill -9` of one of its backends: the server ends all sessions and recovers',
  when: 'any',
  outcomes: { stops: true },
  weight: 3,
  async inject(site) {
    const pid = await victim(site);
    if (pid === undefined || pid === 0) return 'it had no backend';
    const watch = await site.server.connect('postgres');
    // Not `once`, which takes the error before it for its own.
    const noticed = new Promise<void>((resolve) => watch.once('end', () => resolve()));
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      await watch.end();
      return 'its backend was gone';
    }
    // A busy server takes new sessions for a moment yet, and ends those a little later as well.
    await noticed;
    return 'backend killed';
  },
};
