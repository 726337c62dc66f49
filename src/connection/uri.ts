import { badAddress } from './errors.js';
import type { Store } from './store.js';

/**
 * What follows `postgres://`, cut as libpq cuts it (`conninfo_uri_parse_options`). The URL class cuts otherwise: it
 * knows one host, takes the last `@` for the end of the password, and reads `+` as a blank.
 */
export function parseUri(text: string, store: Store): void {
  const put = (keyword: string, value: string) => {
    if (value !== '') store(keyword, decoded(value));
  };
  let rest = text;
  const credentials = /^([^@/]*)@/.exec(rest);
  if (credentials !== null) {
    const [whole, both = ''] = credentials;
    const colon = both.indexOf(':');
    put('user', colon < 0 ? both : both.slice(0, colon));
    if (colon >= 0) put('password', both.slice(colon + 1));
    rest = rest.slice(whole.length);
  }
  const hosts: string[] = [];
  const ports: string[] = [];
  for (;;) {
    const host = rest.startsWith('[') ? bracketed(rest) : { text: upTo(rest, ':/?,'), length: -1 };
    hosts.push(host.text);
    rest = rest.slice(host.length < 0 ? host.text.length : host.length);
    const port = rest.startsWith(':') ? upTo(rest.slice(1), '/?,') : undefined;
    ports.push(port ?? '');
    if (port !== undefined) rest = rest.slice(1 + port.length);
    if (!rest.startsWith(',')) break;
    rest = rest.slice(1);
  }
  put('host', hosts.join(','));
  put('port', ports.join(','));
  if (rest.startsWith('/')) {
    const database = upTo(rest.slice(1), '?');
    put('dbname', database);
    rest = rest.slice(1 + database.length);
  }
  if (rest.startsWith('?')) parseParameters(rest.slice(1), store);
}

function upTo(text: string, ends: string): string {
  for (let at = 0; at < text.length; at += 1) if (ends.includes(text.charAt(at))) return text.slice(0, at);
  return text;
}

function bracketed(text: string): { readonly text: string; readonly length: number } {
  const end = text.indexOf(']');
  if (end < 0) throw badAddress('the "]" after an IPv6 address is missing');
  if (end === 1) throw badAddress('there is no IPv6 address between "[" and "]"');
  const next = text.charAt(end + 1);
  if (next !== '' && !':/?,'.includes(next))
    throw badAddress('an IPv6 address in "[" and "]" is followed by text');
  return { text: text.slice(1, end), length: end + 1 };
}

function parseParameters(text: string, store: Store): void {
  if (text === '') return;
  const pairs = text.split('&');
  // libpq reads no parameter behind a last `&`.
  if (pairs.at(-1) === '') pairs.pop();
  for (const pair of pairs) {
    const [keyword = '', value, ...more] = pair.split('=');
    if (value === undefined) throw badAddress('a parameter behind "?" has no "="');
    if (more.length > 0) throw badAddress('a parameter behind "?" has a second "=" (write %3D)');
    const name = decoded(keyword);
    const meant = decoded(value);
    if (name === 'ssl' && meant === 'true') store('sslmode', 'require');
    else store(name, meant);
  }
}

/** Percent-encoding as libpq reads it; the bytes are UTF-8. */
function decoded(text: string): string {
  if (/%(?![0-9a-f]{2})/i.test(text))
    throw badAddress('a "%" is not followed by two hexadecimal digits (write %25)');
  if (text.includes('%00')) throw badAddress('it contains %00');
  try {
    return decodeURIComponent(text);
  } catch {
    throw badAddress('its percent-encoded bytes are not UTF-8');
  }
}
