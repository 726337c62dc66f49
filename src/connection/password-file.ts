import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What a password file says about one server. */
export interface FoundPassword {
  readonly password: string | undefined;
  /** Why the file was not read; it is said only when a password is missing. */
  readonly ignored: string | undefined;
}

export function defaultPasswordFile(): string {
  return process.platform === 'win32'
    ? join(process.env.APPDATA ?? '', 'postgresql', 'pgpass.conf')
    : join(homedir(), '.pgpass');
}

/**
 * The first line `host:port:database:user:password` that fits, as libpq reads the file. (The package `pgpass` does not:
 * it looks for sockets under their path, takes what follows a `\\:` for the same field, and writes on standard error.)
 */
export function findPassword(
  file: string,
  wanted: readonly [host: string, port: string, database: string, user: string],
): FoundPassword {
  let text: string;
  try {
    const { mode } = statSync(file);
    if ((mode & 0o170000) !== 0o100000) return none(`${file} is not a plain file`);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      return none(`${file} is not read, because others have access to it (chmod 600 ${file})`);
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return none(code === 'ENOENT' || code === 'ENOTDIR' ? undefined : `${file} cannot be read (${code})`);
  }
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const password = passwordOf(line.replace(/\r+$/, ''), wanted);
    if (password !== undefined) return { password, ignored: undefined };
  }
  return none(undefined);
}

function none(ignored: string | undefined): FoundPassword {
  return { password: undefined, ignored };
}

/** Fields end at a `:` without a backslash before it; the password is the rest of the line. */
function passwordOf(line: string, wanted: readonly string[]): string | undefined {
  let rest = line;
  for (const value of wanted) {
    const field = /^((?:[^:\\]|\\.)*):/u.exec(rest);
    if (field === null) return undefined;
    const [whole, text = ''] = field;
    if (text !== '*' && unescaped(text) !== value) return undefined;
    rest = rest.slice(whole.length);
  }
  return unescaped(rest);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gu, '$1');
}
