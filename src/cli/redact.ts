import { printable } from '../format/printable.js';

/** Takes every known password, and whatever stands where a password stands, out of a text. */
export type Redact = (text: string) => string;

const MASK = '***';

/** Shorter ones would blank out half of every text; where they stand as a password the patterns below find them. */
const SHORTEST_SECRET = 3;

/**
 * Where passwords stand: in a URL (up to the last @, since a password may hold one), where the port of a URL should
 * be, in a connection string or query part, in JSON.
 */
const PATTERNS: readonly [RegExp, string][] = [
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s]*@/gi, `$1${MASK}@`],
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@[\]]+:)(?!\d{1,5}(?![\w-]))[^\s/@]+/gi, `$1${MASK}`],
  [/\b((?:pg|ssl)?pass(?:word)?"?\s*[=:]\s*)"(?:[^"\\]|\\.)*"/gi, `$1"${MASK}"`],
  [/\b((?:pg|ssl)?pass(?:word)?\s*=\s*)'(?:[^'\\]|\\.)*'/gi, `$1${MASK}`],
  [/\b((?:pg|ssl)?pass(?:word)?\s*=\s*)[^\s&"']+/gi, `$1${MASK}`],
];

/**
 * Makes the `redact` function of one invocation: it knows the passwords in its arguments and environment, in each
 * spelling in which they could come out (raw, percent-decoded, inside JSON, escaped for a terminal).
 *
 * A password that is also the user's, the database's or the host's name cannot be told from that name and is masked
 * only where a password stands: blanking out the name would give the password away.
 */
export function redactor(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Redact {
  const ours = Object.entries(env).flatMap(([name, text]) =>
    name.startsWith('DRYDOCK_') ? [text ?? ''] : [],
  );
  const urls = [env.DATABASE_URL ?? '', ...ours, ...argv].filter((text) => text.includes('://'));
  const names = new Set(['postgres', 'drydock', 'public', env.PGUSER, env.PGDATABASE, env.PGHOST]);
  for (const url of urls) for (const name of namesIn(url)) names.add(name);
  const lists = [env.DATABASE_URL ?? '', ...argv].filter((text) => !text.includes('://'));
  for (const list of lists) for (const name of parametersIn(list, 'user|dbname|host')) names.add(name);
  const listed = lists.flatMap((list) => parametersIn(list, '(?:ssl)?password'));
  const secrets = [env.PGPASSWORD ?? '', ...urls.flatMap(passwordsIn), ...listed]
    .filter((secret) => secret.length >= SHORTEST_SECRET && !names.has(secret))
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      printable(secret),
    ]);
  const known = wordPattern([...new Set(secrets)]);
  return (text) => {
    const masked = PATTERNS.reduce((all, [pattern, mask]) => all.replace(pattern, mask), text);
    return known === null ? masked : masked.replace(known, MASK);
  };
}

/** Applies `redact` to every string inside a value that is about to become JSON; numbers and shape stay. */
export function redactDeep<T>(value: T, redact: Redact): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => redactDeep(item, redact)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactDeep(item, redact)])) as T;
}

/** Longest first, and only as a whole word: a password `rows` must not eat into `browsers`. */
function wordPattern(secrets: readonly string[]): RegExp | null {
  if (secrets.length === 0) return null;
  const escaped = [...secrets]
    .sort((a, b) => b.length - a.length)
    .map((secret) => secret.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`(?<![A-Za-z0-9_])(?:${escaped.join('|')})(?![A-Za-z0-9_])`, 'g');
}

/** By pattern and not by the URL class: a URL that is refused for being wrong holds a password all the same. */
function passwordsIn(url: string): string[] {
  const userinfo = /:\/\/[^\s:/@]*:(.*)@/s.exec(url)?.[1];
  const parameter = /[?&]password=([^&]*)/.exec(url)?.[1];
  return [userinfo, parameter].flatMap((secret) => (secret === undefined ? [] : [secret, decoded(secret)]));
}

/** Values in `host=... password='...'`; by pattern too, for the same reason. */
function parametersIn(list: string, keywords: string): string[] {
  const pattern = new RegExp(
    `(?<![a-z_])(?:${keywords})\\s*=\\s*(?:'((?:[^'\\\\]|\\\\.)*)|((?:[^\\s\\\\]|\\\\.)+))`,
    'gs',
  );
  return [...list.matchAll(pattern)].map(([, quoted, plain]) =>
    (quoted ?? plain ?? '').replace(/\\(.)/gs, '$1'),
  );
}

function namesIn(url: string): string[] {
  try {
    const { username, hostname, pathname, protocol } = new URL(url.slice(url.search(/[a-z]+:\/\//i)));
    return [username, hostname, pathname.slice(1), protocol.slice(0, -1)].map(decoded);
  } catch {
    return [];
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
