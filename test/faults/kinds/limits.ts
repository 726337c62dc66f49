import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type pg from 'pg';
import type { Kind } from '../kind.js';

const execute = promisify(execFile);

const DISK_MB = 96;
let disks = 0;

export const disk: Kind = {
  name: 'disk',
  what: 'the file system of the database is full, until the run has ended',
  when: 'any',
  outcomes: { stops: true },
  weight: 2,
  async place(server, heal) {
    const directory = await mkdtemp(join(tmpdir(), 'drydock-disk-'));
    heal.add(() => rm(directory, { recursive: true }));
    try {
      await execute('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', directory]);
    } catch {
      return { cannot: 'a file system cannot be mounted here' };
    }
    heal.add(async () => void (await execute('umount', [directory])));
    const { uid, gid } = await server.owner();
    await chown(directory, uid, gid);
    await chmod(directory, 0o700);
    const tablespace = `disk_${process.pid}_${++disks}`;
    await server.with('postgres', (client) =>
      client.query(`create tablespace ${tablespace} location '${directory}'`),
    );
    heal.add(() =>
      server.with('postgres', async (client) => void (await client.query(`drop tablespace ${tablespace}`))),
    );
    return { tablespace, directory };
  },
  async inject({ heal }, place) {
    const path = join(place?.directory ?? '', 'filler');
    const filler = await open(path, 'w');
    heal.add(() => rm(path));
    const block = Buffer.alloc(1 << 16);
    try {
      for (let size = block.length; size >= 512; size /= 2) {
        while ((await filler.write(block, 0, size).catch(() => ({ bytesWritten: 0 }))).bytesWritten > 0);
      }
    } finally {
      await filler.close();
    }
    return 'disk filled';
  },
};

/** Others hold every connection, those reserved for the superuser included. */
const TAKEN_MS = [200, 1_500, 4_000] as const;

export const connections: Kind = {
  name: 'connections',
  what: 'others take every connection that is left (`max_connections`), for 0.2 to 4 s',
  when: 'any',
  outcomes: { stops: true },
  weight: 2,
  async inject({ server, database, random, heal }) {
    const taken: pg.Client[] = [];
    for (;;) {
      const client = await server.connect(database).catch(() => undefined);
      if (client === undefined) break;
      taken.push(client);
    }
    const held = random.pick(TAKEN_MS);
    const released = sleep(held).then(() => Promise.all(taken.map((client) => client.end())));
    heal.add(async () => void (await released));
    return `${taken.length} connections taken for ${held} ms`;
  },
};

const SETTINGS = [
  `statement_timeout = '200ms'`,
  `lock_timeout = '1ms'`,
  `idle_in_transaction_session_timeout = '5ms'`,
  `idle_session_timeout = '200ms'`,
  `transaction_timeout = '200ms'`,
] as const;

export const timeouts: Kind = {
  name: 'timeouts',
  what: 'the database has a `statement_timeout`, `lock_timeout` and idle time-outs of 1 to 200 ms',
  when: 'start',
  // On a machine that is busy enough one of them comes true before the session can switch it off.
  outcomes: { stops: true },
  weight: 1,
  async inject({ server, database, heal }) {
    const alter = (words: readonly string[]) =>
      server.with('postgres', async (client) => {
        for (const word of words) await client.query(`alter database ${database} ${word}`);
      });
    await alter(SETTINGS.map((setting) => `set ${setting}`));
    heal.add(() => alter(SETTINGS.map((setting) => `reset ${setting.split(' ')[0]}`)));
    return 'time-outs set';
  },
};
