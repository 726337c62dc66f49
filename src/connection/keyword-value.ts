import { badAddress } from './errors.js';
import type { Store } from './store.js';

/** `host=... password='it\'s'`, cut as libpq cuts it (`conninfo_parse`). */
export function parseKeywordValues(text: string, store: Store): void {
  const pair = /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*\\?)?)/suy;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    pair.lastIndex = at;
    const [found, keyword, quoted, plain] = pair.exec(text) ?? [];
    if (found === undefined || keyword === undefined) throw badAddress('a word in it has no "="');
    at += found.length;
    if (quoted === undefined && text.charAt(at) === "'") throw badAddress('a quoted value has no end');
    store(keyword, (quoted ?? plain ?? '').replace(/\\(.?)/gsu, '$1'));
  }
}
