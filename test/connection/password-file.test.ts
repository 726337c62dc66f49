import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { logIn } from '../../src/connection/login.js';
import { findPassword } from '../../src/connection/password-file.js';
import { resolveTarget } from '../../src/connection/resolve.js';
import { asAdmin } from '../support/admin.js';
import { PSQL, psql } from './psql.js';

const directory = mkdtempSync(join(tmpdir(), 'drydock-passfile-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(content: string, mode = 0o600): string {
  const path = join(directory, `${Math.random()}`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe('a line of the password file', () => {
  const wanted = ['db:1', '5432', 'd', 'u'] as const;
  test.each([
    ['db\\:1:5432:d:u:secret', 'secret'],
    ['*:*:*:*:secret', 'secret'],
    ['db\\:1:5432:d:u:a:b\\:c\\\\d', 'a:b:c\\d'],
    ['db\\:1:5432:d:u:', ''],
    ['#*:*:*:*:comment\n*:*:*:*:second', 'second'],
    ['other:*:*:*:first\n*:*:*:*:second\n*:*:*:*:third', 'second'],
    ['db\\:1:5433:*:*:port', undefined],
    ['db:1:5432:d:u:unescaped', undefined],
    ['*:*:*:secret', undefined],
    ['', undefined],
  ])('%j: %j', (content, password) => {
    expect(findPassword(file(`${content}\n`), wanted)).toEqual({ password, ignored: undefined });
  });

  test('a file that others can read is not read, and that is said', () => {
    const open = file('*:*:*:*:secret\n', 0o640);
    expect(findPassword(open, wanted)).toEqual({
      password: undefined,
      ignored: expect.stringContaining(`chmod 600 ${open}`),
    });
    expect(findPassword(directory, wanted).ignored).toContain('not a plain file');
    expect(findPassword(join(directory, 'none'), wanted)).toEqual({
      password: undefined,
      ignored: undefined,
    });
  });
});

describe('a login with it, as psql does it', () => {
  const role = `passfile_${inject('runId')}`;
  beforeAll(async () => {
    await asAdmin((admin) => admin.query(`create role ${role} login password 'it''s: \\ here'`));
  });
  afterAll(() => asAdmin((admin) => admin.query(`drop role ${role}`)));
  const { hostname, port } = new URL(inject('databaseUrl'));
  const address = `host=${hostname} port=${port} user=${role} dbname=postgres`;
  const line = `${hostname}:${port}:postgres:${role}:it's\\: \\\\ here\n`;

  test.each([
    ['passfile=', (path: string) => ({ text: `${address} passfile=${path}`, env: {} })],
    ['PGPASSFILE', (path: string) => ({ text: address, env: { PGPASSFILE: path } })],
    [
      'a password that is empty',
      (path: string) => ({ text: `${address} password=''`, env: { PGPASSFILE: path, PGPASSWORD: 'x' } }),
    ],
  ])('%s', async (_, given) => {
    const { text, env } = given(file(line));
    const warned: unknown[] = [];
    const note = (warning: Error) => warned.push(warning);
    process.on('warning', note);
    const { client } = await logIn(resolveTarget(text, env));
    await client.end();
    process.off('warning', note);
    expect(warned).toEqual([]);
    if (PSQL !== undefined) expect(await psql(text, env)).toMatchObject({ status: 0, error: '' });
  });

  test('no password at all', async () => {
    const open = file(line, 0o644);
    await expect(logIn(resolveTarget(address, { PGPASSFILE: open }))).rejects.toMatchObject({
      code: 'no-password',
      message: expect.stringContaining(`${open} is not read, because others have access`),
    });
  });
});

test('a socket in a URL is found under its directory, and a password file calls it by that', async () => {
  const sockets = join(directory, 's');
  mkdirSync(sockets);
  const target = resolveTarget(`postgres://u@${encodeURIComponent(sockets)}:5433/d`, {
    PGPASSFILE: file(`${sockets}:5433:d:u:secret\n`),
  });
  const [host] = target.hosts;
  expect(host).toMatchObject({ socket: join(sockets, '.s.PGSQL.5433') });
  if (host !== undefined) expect(target.passwordOf(host).password).toBe('secret');
  await expect(logIn(target)).rejects.toMatchObject({
    message: expect.stringContaining('no server listens there'),
  });
  const standard = resolveTarget('host=/tmp user=u dbname=d', {
    PGPASSFILE: file('localhost:*:*:*:default\n'),
  });
  expect(standard.hosts.map((one) => standard.passwordOf(one).password)).toEqual(['default']);
});
