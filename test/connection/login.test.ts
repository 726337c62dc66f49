import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { logIn } from '../../src/connection/login.js';
import { resolveTarget } from '../../src/connection/resolve.js';
import { type EncryptedServer, encryptedServer, hasOpenssl } from './encrypted-server.js';
import { PSQL, psql } from './psql.js';

let own: EncryptedServer | undefined;
beforeAll(async () => {
  if (!hasOpenssl) return;
  own = await encryptedServer();
  await asSuperuser(
    `create role only_encrypted login password 'pw'; create role only_plain login password 'pw';
     create role refused login password 'pw'; create role cleartext login password 'pw';
     create role asleep password 'pw'; create role counted login password 'pw' connection limit 0;
     create role reader login password 'pw'; alter role reader set default_transaction_read_only = on;
     create role stranger login password 'pw'`,
    'create database closed allow_connections false',
    'create database counted connection limit 0',
    'create database guarded',
    'revoke connect on database guarded from public',
  );
}, 60_000);
afterAll(() => own?.stop());

async function asSuperuser(...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: own?.server.url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** Parameters as psql and Drydock take them, for a role whose password is `pw`. */
function address(user: string, further = ''): string {
  return `host=localhost hostaddr=127.0.0.1 port=${own?.server.port} dbname=postgres user=${user} password=pw ${further}`
    .replaceAll('AUTHORITY', own?.authority ?? '')
    .replaceAll('STRANGER', own?.stranger ?? '');
}

/** `encrypted`, `plain`, or the code of the refusal. */
async function outcome(text: string): Promise<string> {
  try {
    const { client } = await logIn(resolveTarget(text, {}));
    const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    await client.end();
    return (rows[0] as { ssl: boolean }).ssl ? 'encrypted' : 'plain';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe.skipIf(!hasOpenssl)(
  'sslmode means what it means to psql (skipped where openssl is not installed)',
  () => {
    test.each([
      ['stranger', '', 'encrypted'],
      ['stranger', 'sslmode=disable', 'plain'],
      ['stranger', 'sslmode=allow', 'plain'],
      ['stranger', 'sslmode=prefer', 'encrypted'],
      ['stranger', 'sslmode=require', 'encrypted'],
      ['only_encrypted', 'sslmode=disable', 'login-refused'],
      ['only_encrypted', 'sslmode=allow', 'encrypted'],
      ['only_encrypted', '', 'encrypted'],
      ['only_plain', 'sslmode=prefer', 'plain'],
      ['only_plain', 'sslmode=allow', 'plain'],
      ['only_plain', 'sslmode=require', 'login-refused'],
      ['stranger', 'sslmode=verify-ca sslrootcert=AUTHORITY', 'encrypted'],
      ['stranger', 'sslmode=verify-full sslrootcert=AUTHORITY', 'encrypted'],
      ['stranger', 'sslmode=verify-full sslrootcert=AUTHORITY host=127.0.0.1', 'bad-tls'],
      ['stranger', 'sslmode=verify-ca sslrootcert=AUTHORITY host=127.0.0.1', 'encrypted'],
      ['stranger', 'sslmode=verify-ca sslrootcert=STRANGER', 'bad-tls'],
      ['stranger', 'sslmode=require sslrootcert=STRANGER', 'bad-tls'],
      ['stranger', 'sslmode=prefer sslrootcert=STRANGER', 'plain'],
      ['stranger', 'sslmode=require sslrootcert=/nowhere', 'encrypted'],
      ['stranger', 'sslmode=require channel_binding=require', 'encrypted'],
      ['stranger', 'sslmode=disable channel_binding=require', 'bad-tls'],
      ['cleartext', 'sslmode=require channel_binding=require', 'bad-tls'],
      ['stranger', 'sslmode=require ssl_max_protocol_version=TLSv1.2', 'encrypted'],
    ])('%s %s: %s', async (user, further, expected) => {
      const text = address(user, further);
      expect(await outcome(text)).toBe(expected);
      if (PSQL === undefined) return;
      const said = await psql(
        `${text} application_name=x`,
        {},
        'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
      );
      expect(said.status === 0 ? (said.out.trim() === 't' ? 'encrypted' : 'plain') : 'refused').toBe(
        /^(encrypted|plain)$/.test(expected) ? expected : 'refused',
      );
    });

    test('what psql 15 does not know yet: the trusted authorities of the system, and TLS at once', async () => {
      expect(await outcome(address('stranger', 'sslrootcert=system'))).toBe('bad-tls');
      expect(await outcome(address('stranger', 'sslmode=require sslrootcert=system'))).toBe('bad-tls');
      expect(await outcome(address('stranger', 'sslnegotiation=direct'))).toBe('bad-tls');
      expect(await outcome(address('stranger', 'sslmode=require sslnegotiation=direct'))).toBe('encrypted');
    });
  },
);

describe.skipIf(!hasOpenssl)('what the server refuses is said in its own sentence', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['user=stranger password=wrong', 'login-refused', /user "stranger": wrong password/],
    ['user=refused', 'login-refused', /user "refused" to database "postgres": pg_hba.conf rejects/],
    ['user=only_encrypted sslmode=disable', 'login-refused', /no pg_hba.conf entry .* no encryption/],
    ['user=asleep', 'login-refused', /role "asleep" is not permitted to log in/],
    ['user=stranger dbname=none', 'login-refused', /There is no database "none"/],
    ['user=stranger dbname=closed', 'login-refused', /Database "closed" takes no connections/],
    ['user=stranger dbname=guarded', 'login-refused', /may not connect to database "guarded"/],
    [
      'user=stranger options=-cnonsense=1',
      'login-refused',
      /unrecognized configuration parameter "nonsense"/,
    ],
    ['user=counted', 'cannot-connect', /User "counted" has no connection left .* limit of the role/],
    ['user=stranger dbname=counted', 'cannot-connect', /Database "counted" .* its limit is reached/],
    [
      "user=stranger password=''",
      'no-password',
      /asks for the password of user "stranger", and none is given/,
    ],
    [
      'user=stranger target_session_attrs=standby',
      'cannot-connect',
      /it is primary, and .*=standby asks for another/,
    ],
    ['user=reader target_session_attrs=read-write', 'cannot-connect', /it is read-only, and/],
  ];
  test.each(cases)('%s', async (further, code, what) => {
    await expect(logIn(resolveTarget(address('u', further), {}))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(what),
    });
  });

  test.each([
    'user=reader target_session_attrs=read-only',
    'user=stranger target_session_attrs=prefer-standby',
  ])('%s is what the server is', async (further) =>
    expect(await outcome(address('u', further))).toBe('encrypted'),
  );

  test('reserved connections, and none at all', async () => {
    const clients = Array.from({ length: 8 }, (_, at) => {
      const client = new pg.Client({
        connectionString: own?.server.url,
        ...(at < 5 ? { user: 'stranger', password: 'pw' } : {}),
      });
      client.on('error', () => undefined);
      return client;
    });
    onTestFinished(async () => void (await Promise.all(clients.map((client) => client.end()))));
    for (const client of clients.slice(0, 5)) await client.connect();
    await expect(logIn(resolveTarget(address('stranger'), {}))).rejects.toMatchObject({
      message: expect.stringContaining('reserved for administrators'),
    });
    await sleep(500); // until the backend that refused is gone
    for (const client of clients.slice(5)) await client.connect();
    await expect(logIn(resolveTarget(address('stranger'), {}))).rejects.toMatchObject({
      message: expect.stringMatching(/has no connection left: sorry, too many clients already/),
      next: expect.stringContaining('max_connections'),
    });
  });
});
