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

/** What a command loads: the folders (or files) of `src`, and the packages. */
async function loadedBy(...args: readonly string[]): Promise<{ own: string[]; packages: string[] }> {
  const { stderr } = await drydock(args, { NODE_OPTIONS: `--import=${dataUrl(REGISTER)}` });
  const urls = [...stderr.matchAll(/^loaded (.*)$/gm)].map(([, url = '']) => url);
  expect(urls.some((url) => url.endsWith('/cli/program.js'))).toBe(true);
  const first = (pattern: RegExp): string[] =>
    [...new Set(urls.flatMap((url) => pattern.exec(url)?.[1] ?? []))].sort();
  return {
    own: first(/\/dist\/src\/([^/]+)/),
    packages: first(/\/node_modules\/([^/]+)/),
  };
}

describe('a command loads what it needs', () => {
  test.each(['--version', '--help', 'cutover --help', 'run --no-such-flag'])(
    '%s: no verb, no client of Postgres, no checker of flags',
    async (line) => {
      const { own, packages } = await loadedBy(...line.split(' '));
      // Help tells the defaults: reports have them, and the thresholds of the monitor. Of db, what explains an error.
      expect(own).toEqual(['cli', 'db', 'errors', 'errors.js', 'format', 'monitor', 'reports']);
      expect(packages).toEqual(['commander', 'picocolors']);
    },
  );

  test.each([
    ['status', ['extract', 'load', 'verify', 'sync', 'cutover']],
    ['plan', ['verify', 'sync', 'cutover']],
    ['run', ['cutover']],
    ['sync', ['cutover']],
    ['cutover', []],
  ])('%s: its own verb', async (command, beyond) => {
    const phase = command === 'cutover' ? ['--phase', 'all'] : [];
    const { own, packages } = await loadedBy(command, ...phase, '--json', '--database-url', CLOSED_URL);
    const others = ['backup', 'full-rollback', 'index.js', 'benchmark', 'report', ...beyond];
    expect(own.filter((folder) => others.includes(folder))).toEqual([]);
    // Neither what draws and serves pages, nor, with --json, what shows progress.
    expect(packages.filter((name) => /^(d3-.*|prom-client|pino|cli-progress)$/.test(name))).toEqual([]);
    expect(packages).toContain('pg');
  });
});
