import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { logIn } from '../../src/connection/login.js';
import { PARAMETERS } from '../../src/connection/parameters.js';
import { resolveTarget } from '../../src/connection/resolve.js';
import { DrydockError } from '../../src/errors.js';
import { type Asked, listener } from './listener.js';
import { PSQL, psql } from './psql.js';

const directory = mkdtempSync(join(tmpdir(), 'drydock-connection-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** In the place of PGSERVICEFILE: a file of these. */
const SERVICES = 'SERVICES';
const SERVICE_TEXT = [
  '# a comment',
  '[other]',
  'dbname=wrong',
  '[mine]',
  'host=127.0.0.1',
  'port=PORT',
  'user=from service',
  'dbname=served',
  'dbname=second',
  '[nested]',
  'service=mine',
  '[broken]',
  'no equals sign',
  '[misspelt]',
  'hosst=x',
].join('\n');

type Env = Readonly<Record<string, string>>;
/** What psql 15.20 asks the server for; PORT is that of a server that writes it down, CLOSED that of none. */
const ASKED: readonly (readonly [address: string, expected: Partial<Asked>, env?: Env])[] = [
  ['postgres://u@127.0.0.1:PORT/d', {}],
  ['postgresql://u@127.0.0.1:PORT/d', {}],
  ['postgres://u@127.0.0.1:PORT', { database: 'u' }],
  ['postgres://u@127.0.0.1:PORT/', { database: 'u' }],
  ['postgres://u@127.0.0.1:PORT/x?dbname=d', {}],
  ['postgres://127.0.0.1:PORT/?user=me&dbname=d', { user: 'me' }],
  ['postgres://u@/d?host=127.0.0.1&port=PORT', {}],
  ['postgres://u@nowhere.invalid:1/d?host=127.0.0.1&port=PORT', {}],
  ['postgres://u@nowhere.invalid:PORT/d?hostaddr=127.0.0.1', {}],
  ['postgres://u%2Fx:p%40w@127.0.0.1:PORT/d%2Fb', { user: 'u/x', database: 'd/b' }],
  ['postgres://u+x@127.0.0.1:PORT/a+b', { user: 'u+x', database: 'a+b' }],
  ['postgres://u@127.0.0.1:PORT/d?application_name=a+b', { application: 'a+b' }],
  ['postgres://u@127.0.0.1:PORT/d?options=-c%20geqo%3Doff', { options: '-c geqo=off' }],
  ['postgres://u@127.0.0.1:PORT/d?sslmode=disable', { tls: false }],
  ['postgres://u@127.0.0.1:PORT/d?sslmode=allow', { tls: false }],
  ['postgres://u@127.0.0.1:PORT/d?sslmode=prefer', {}],
  ['postgres://u@127.0.0.1:PORT/d?requiressl=0', {}],
  ['postgres://u@127.0.0.1:PORT/d?keepalives=1&keepalives_idle=30&connect_timeout=5&gssencmode=disable&', {}],
  ['postgres://u@127.0.0.1:CLOSED,127.0.0.1:PORT/d', {}],
  ['postgres://u@127.0.0.1,127.0.0.1/d?port=CLOSED,PORT', {}],
  ['host=127.0.0.1 port=PORT user=u dbname=d', {}],
  ["host = 127.0.0.1 port = PORT user = 'u x' dbname=d\\ e", { user: 'u x', database: 'd e' }],
  ["host=127.0.0.1 port=PORT user='it\\'s' dbname='a\\\\b'", { user: "it's", database: 'a\\b' }],
  ['host=127.0.0.1,127.0.0.1 port=CLOSED,PORT user=u dbname=d', {}],
  ["host=127.0.0.1 port=PORT user=u dbname=''", { database: 'u' }],
  ['service=mine user=u', { database: 'served' }, { PGSERVICEFILE: SERVICES }],
  ['postgres:///?service=mine', { user: 'from service', database: 'served' }, { PGSERVICEFILE: SERVICES }],
  ['user=u', { database: 'served' }, { PGSERVICEFILE: SERVICES, PGSERVICE: 'mine', PGDATABASE: 'ignored' }],
  ['port=PORT', {}, { PGHOST: '127.0.0.1', PGUSER: 'u', PGDATABASE: 'd' }],
  ['port=PORT', {}, { PGHOST: 'nowhere.invalid', PGHOSTADDR: '127.0.0.1', PGUSER: 'u', PGDATABASE: 'd' }],
  ['postgres://u@127.0.0.1:PORT/d', { tls: false }, { PGSSLMODE: 'disable' }],
  ['postgres://u@127.0.0.1:PORT/d?sslmode=disable', { tls: false }, { PGSSLMODE: 'verify-full' }],
  ['postgres://u@127.0.0.1:PORT/d', { options: '-c geqo=off' }, { PGOPTIONS: '-c geqo=off' }],
  ['postgres://u@127.0.0.1:PORT/d', { application: 'mine' }, { PGAPPNAME: 'mine' }],
];

/** What psql 15.20 refuses before it connects, and what we say. */
const REFUSED: readonly (readonly [address: string, code: string, psql: RegExp, env?: Env])[] = [
  [
    'postgres://u@127.0.0.1/d?sslmodee=require',
    'unknown-parameter',
    /invalid URI query parameter: "sslmodee"/,
  ],
  ['host=127.0.0.1 sslmodee=require', 'unknown-parameter', /invalid connection option "sslmodee"/],
  ['postgres://u@127.0.0.1/d?schema=x', 'unknown-parameter', /invalid URI query parameter: "schema"/],
  ['postgres://u@127.0.0.1/d?sslmode=no-verify', 'unsupported-parameter', /invalid sslmode value/],
  [
    'postgres://u@127.0.0.1/d?target_session_attrs=x',
    'unsupported-parameter',
    /invalid target_session_attrs/,
  ],
  ['postgres://u@127.0.0.1/d?channel_binding=x', 'unsupported-parameter', /invalid channel_binding value/],
  ['postgres://u@127.0.0.1/d?gssencmode=x', 'unsupported-parameter', /invalid gssencmode value/],
  ['postgres://u@127.0.0.1/d?connect_timeout=x', 'unsupported-parameter', /invalid integer value/],
  ['postgres://u@127.0.0.1/d?keepalives=x', 'unsupported-parameter', /invalid integer value/],
  ['postgres://u@127.0.0.1:0/d', 'bad-port', /invalid port number/],
  ['postgres://u@127.0.0.1:70000/d', 'bad-port', /invalid port number/],
  ['host=a,b port=1,2,3', 'bad-url', /could not match 3 port numbers to 2 hosts/],
  ['host=a,b hostaddr=127.0.0.1', 'bad-url', /could not match 2 host names to 1 hostaddr/],
  ['postgres://u@[::1/d', 'bad-url', /matching "\]"/],
  ['postgres://u@[]/d', 'bad-url', /may not be empty/],
  ['postgres://u@h/d?x', 'bad-url', /missing key\/value separator/],
  ['postgres://u@h/d?dbname=a=b', 'bad-url', /extra key\/value separator/],
  ['postgres://u%zz@h/d', 'bad-url', /invalid percent-encoded token/],
  ['postgres://u%00@h/d', 'bad-url', /forbidden value %00/],
  ['host=h user', 'bad-url', /missing "=" after "user"/],
  ["host=h user='u", 'bad-url', /unterminated quoted string/],
  ['service=none', 'bad-service', /definition of service "none" not found/, { PGSERVICEFILE: SERVICES }],
  [
    'service=mine',
    'bad-service',
    /definition of service "mine" not found|service file .* not found/,
    { PGSERVICEFILE: '/nowhere' },
  ],
  ['service=nested', 'bad-service', /nested service/, { PGSERVICEFILE: SERVICES }],
  ['service=broken', 'bad-service', /syntax error in service file/, { PGSERVICEFILE: SERVICES }],
  ['service=misspelt', 'unknown-parameter', /syntax error in service file/, { PGSERVICEFILE: SERVICES }],
  [
    'host=127.0.0.1 sslmode=verify-ca',
    'bad-tls',
    /root certificate file .* does not exist|Connection refused/,
  ],
];

/** Nothing answers there. */
const CLOSED = 1;

/** The address and the environment with real ports and files. */
function filled(address: string, env: Env, port = CLOSED): { readonly address: string; readonly env: Env } {
  const ports = (text: string) => text.replaceAll('PORT', String(port)).replaceAll('CLOSED', String(CLOSED));
  const file = join(directory, `services-${port}`);
  writeFileSync(file, ports(SERVICE_TEXT));
  const values = Object.entries(env).map(
    ([name, value]) => [name, value === SERVICES ? file : value] as const,
  );
  return { address: ports(address), env: Object.fromEntries(values) };
}

const A: Asked = { tls: true, user: 'u', database: 'd', options: undefined, application: undefined };

/** Each program has a name of its own. */
function unnamed(asked: Asked | undefined): Asked | undefined {
  const isOwn = ['psql', 'drydock'].includes(asked?.application ?? '');
  return asked === undefined || !isOwn ? asked : { ...asked, application: undefined };
}

describe('what an address asks the server for is what psql 15.20 asks for', () => {
  const cases = ASKED.map(([address, expected, env = {}]) => ({ address, expected, env }));
  test.each(cases)('$address', async ({ address, expected, env }) => {
    const server = await listener();
    const given = filled(address, env, server.port);
    await expect(logIn(resolveTarget(given.address, given.env))).rejects.toMatchObject({
      code: 'login-refused',
    });
    expect(unnamed(server.asked.splice(0)[0])).toEqual({ ...A, ...expected });
    if (PSQL === undefined) return;
    expect((await psql(given.address, { HOME: directory, ...given.env })).error).toContain('written down');
    expect(unnamed(server.asked[0])).toEqual({ ...A, ...expected });
  });
});

describe('what psql 15.20 refuses is refused by name', () => {
  const cases = REFUSED.map(([address, code, said, env = {}]) => ({ address, code, said, env }));
  test.each(cases)('$address', async ({ address, code, said, env }) => {
    const given = filled(address, env);
    expect(() => resolveTarget(given.address, { HOME: directory, ...given.env })).toThrowError(
      expect.objectContaining({
        code,
        state: expect.stringContaining('no connection was opened'),
      }) as DrydockError,
    );
    if (PSQL !== undefined)
      expect((await psql(given.address, { HOME: directory, ...given.env })).error).toMatch(said);
  });
});

test.each([
  'postgres://u:hidden-1@h:hidden-1/d',
  'postgres://u:hidden-1@[::1/d',
  'postgres://u@h/d?password=hidden-1=hidden-1',
  'postgres://u:hidden%1@h/d',
  'mysql://u:hidden-1@h/d',
  "host=h password='hidden-1",
  'host=h password=hidden-1 hidden-1',
  'host=h password=x hidden-1=y',
  'hidden-1',
])('a refusal quotes no value: %s', (address) => {
  const error = refusalOf(address);
  expect(`${error.message} ${error.next}`).not.toContain('hidden');
});

function refusalOf(address: string): DrydockError {
  try {
    resolveTarget(address, {});
  } catch (error) {
    if (error instanceof DrydockError) return error;
  }
  throw new Error('it was not refused');
}

test('docs/connections.md has every parameter of the table', () => {
  const page = readFileSync(new URL('../../docs/connections.md', import.meta.url), 'utf8');
  const named = [...PARAMETERS.keys()].filter(
    (keyword) => !page.includes(keyword.replace(/^oauth_.*/, 'oauth_...')),
  );
  expect(named).toEqual([]);
});
