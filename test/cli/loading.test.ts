import { describe, expect, test } from 'vitest';
import { CLOSED_URL, drydock } from './process.js';

/** Names each module that is loaded on stderr, whichever way it is imported. */
const HOOK = `
  import { writeSync } from 'node:fs';
  export const load = (url, context, next) => {
    if (!url.startsWith('node:')) writeSync(2, 'loaded ' + url + '\\n');
    return next(url, context);
  };`;
const REGISTER = `
  import { register } from 'node:module';
  register(${JSON.stringify(dataUrl(HOOK))});`;

function dataUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source).replaceAll("'", '%27')}`;
}

interface Loaded {
  /** How many modules. */
  readonly count: number;
  /** The folders (or files) of `src`. */
  readonly own: readonly string[];
  readonly packages: readonly string[];
}

/** What a command loads: starting costs by the module, and not by what stands in it. */
async function loadedBy(...args: readonly string[]): Promise<Loaded> {
  const { stderr } = await drydock(args, { NODE_OPTIONS: `--import=${dataUrl(REGISTER)}` });
  const urls = [...stderr.matchAll(/^loaded (.*)$/gm)].map(([, url = '']) => url);
  expect(urls.some((url) => url.endsWith('/cli/main.js'))).toBe(true);
  const first = (pattern: RegExp): string[] =>
    [...new Set(urls.flatMap((url) => pattern.exec(url)?.[1] ?? []))].sort();
  return {
    count: urls.length,
    own: first(/\/dist\/src\/([^/]+)/),
    packages: first(/\/node_modules\/([^/]+)/),
  };
}

describe('a command loads what it needs', () => {
  test('--version: where the version is', async () => {
    expect(await loadedBy('--version')).toEqual({ count: 2, own: ['cli', 'format'], packages: [] });
  });

  test.each([
    ['--help', 60],
    ['cutover --help', 40],
    ['run --no-such-flag', 40],
  ])('%s: no verb, no client of Postgres, no checker of files', async (line, most) => {
    const { count, own, packages } = await loadedBy(...line.split(' '));
    // Help tells the defaults: reports have them, and the thresholds of the monitor. Of db, what explains an error.
    const tells = line === '--help' ? ['monitor'] : [];
    expect(own).toEqual(['cli', 'db', 'errors', 'errors.js', 'format', ...tells, 'reports']);
    expect(packages).toEqual(['commander', 'picocolors']);
    expect(count).toBeLessThanOrEqual(most);
  });

  test('status: the connection and the ledger, and nothing of what is restructured', async () => {
    const { count, own, packages } = await loadedBy('status', '--json', '--database-url', CLOSED_URL);
    const beyond = [
      'consolidation',
      'copy-binary',
      'declare',
      'legacy',
      'mapping',
      'redditharbor',
      'transform',
    ];
    expect(own.filter((folder) => beyond.includes(folder))).toEqual([]);
    expect(packages).toEqual(['commander', 'pg', 'pg-copy-streams', 'pg-query-stream', 'picocolors']);
    expect(count).toBeLessThanOrEqual(120);
  });

  test.each([
    ['status', ['extract', 'load', 'verify', 'sync', 'cutover']],
    ['pause', ['extract', 'load', 'verify', 'sync', 'cutover', 'redditharbor']],
    ['plan', ['cutover']],
    ['run', ['cutover']],
    ['sync', ['cutover']],
    ['cutover', []],
  ])('%s: its own verb', async (command, beyond) => {
    const phase = command === 'cutover' ? ['--phase', 'all'] : [];
    const { own, packages } = await loadedBy(command, ...phase, '--json', '--database-url', CLOSED_URL);
    const others = ['backup', 'full-rollback', 'index.js', 'benchmark', 'report', ...beyond];
    expect(own.filter((folder) => others.includes(folder))).toEqual([]);
    // Neither what draws and serves pages, nor what checks files, nor, with --json, what shows progress.
    const unused = /^(d3-.*|prom-client|pino|cli-progress|jiti|zod)$/;
    expect(packages.filter((name) => unused.test(name))).toEqual([]);
    expect(packages).toContain('pg');
  });
});
