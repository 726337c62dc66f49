import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** psql 15 or newer, from where Debian has it; another one on the path may be older. Undefined: not installed. */
export const PSQL = ['/usr/lib/postgresql/15/bin/psql', 'psql'].find((path) =>
  / 1[5-9]\./.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? ''),
);

/** Runs one statement, with nothing of our environment. */
export async function psql(
  address: string,
  env: Readonly<Record<string, string>>,
  statement = 'select 1',
): Promise<{ readonly status: number | null; readonly out: string; readonly error: string }> {
  const child = spawn(PSQL ?? 'psql', ['-X', '-w', '-At', address, '-c', statement], {
    env: { HOME: '/nowhere', PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text.out += piece;
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text.error += piece;
  });
  await once(child, 'close');
  return { status: child.exitCode, ...text };
}
