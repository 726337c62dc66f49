import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedServer, startServer } from '../../src/embedded/server.js';
import { findServerUser } from '../../src/embedded/server-user.js';

/** It makes certificates; Node cannot. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export interface EncryptedServer {
  readonly server: EmbeddedServer;
  /** The certificate of the authority that signed the server's; and that of another one. */
  readonly authority: string;
  readonly stranger: string;
  stop(): Promise<void>;
}

/** Who may come in how. */
const HBA = [
  'hostssl all only_encrypted 127.0.0.1/32 scram-sha-256',
  'hostnossl all only_plain 127.0.0.1/32 scram-sha-256',
  'host all refused 127.0.0.1/32 reject',
  'host all cleartext 127.0.0.1/32 password',
  'host all postgres,stranger,asleep,counted,reader 127.0.0.1/32 scram-sha-256',
];

/** A server with a certificate for `localhost`, eight connections, and a pg_hba.conf of its own. */
export async function encryptedServer(): Promise<EncryptedServer> {
  const directory = mkdtempSync(join(tmpdir(), 'drydock-encrypted-'));
  const file = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  for (const name of ['authority', 'stranger']) {
    openssl(
      'req',
      '-x509',
      ...key,
      '-subj',
      `/CN=${name}`,
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.crt`),
    );
  }
  const signed = [
    '-CA',
    file('authority.crt'),
    '-CAkey',
    file('authority.key'),
    '-addext',
    'subjectAltName=DNS:localhost',
  ];
  openssl(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/CN=localhost',
    ...signed,
    '-keyout',
    file('server.key'),
    '-out',
    file('server.crt'),
  );
  writeFileSync(file('pg_hba.conf'), `${HBA.join('\n')}\n`);
  const { credentials } = await findServerUser();
  chmodSync(directory, 0o755);
  for (const name of readdirSync(directory)) {
    chmodSync(file(name), 0o600);
    if (credentials.uid !== undefined && /^server|^pg_hba/.test(name))
      chownSync(file(name), credentials.uid, credentials.gid ?? 0);
  }
  const server = await startServer({
    settings: {
      ssl: 'on',
      ssl_cert_file: file('server.crt'),
      ssl_key_file: file('server.key'),
      hba_file: file('pg_hba.conf'),
      max_connections: '8',
      superuser_reserved_connections: '3',
      fsync: 'off',
    },
  });
  return {
    server,
    authority: file('authority.crt'),
    stranger: file('stranger.crt'),
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}
