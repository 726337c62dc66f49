import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_CONFIG, monitorConfig } from '../../src/monitor/config.js';
import { readState, writeState } from '../../src/monitor/state-file.js';
import { DEFAULT_THRESHOLDS, THRESHOLD_NAMES, THRESHOLDS } from '../../src/monitor/thresholds.js';

async function fileWith(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'file.json');
  await writeFile(path, content);
  return path;
}

test('what a config file does not name has its default', () => {
  const given = { thresholds: { diskPercent: 70 }, webhook: { url: 'https://hooks.example.org/x' } };
  expect(monitorConfig(given)).toEqual({
    ...DEFAULT_CONFIG,
    thresholds: { ...DEFAULT_THRESHOLDS, diskPercent: 70 },
    webhook: { url: 'https://hooks.example.org/x', timeoutSeconds: 5, attempts: 5 },
  });
  expect(monitorConfig(undefined)).toEqual(DEFAULT_CONFIG);
});

test.each([
  [{ threshold: {} }, 'at monitor: unknown: threshold'],
  [{ thresholds: { diskPercentage: 1 } }, 'at monitor.thresholds: unknown: diskPercentage'],
  [{ thresholds: { diskPercent: '85' } }, 'at monitor.thresholds.diskPercent'],
  [
    { webhook: { url: 'http://hooks.example.org/hidden-path' } },
    'at monitor.webhook.url: an https URL is wanted',
  ],
  [{ webhook: { url: 'hidden-path' } }, 'at monitor.webhook.url: Invalid URL'],
  [
    {
      queries: [
        { name: 'a', sql: 'x' },
        { name: 'a', sql: 'y' },
      ],
    },
    'two queries have the same name',
  ],
])('%j is refused, and says where', (content, why) => {
  const attempt = () => monitorConfig(content);
  expect(attempt).toThrow(
    expect.objectContaining({ code: 'bad-config', message: expect.stringContaining(why) }),
  );
  expect(attempt).not.toThrow(/hidden-path/);
});

test('the page of the monitor lists every threshold with its default', async () => {
  const page = await readFile('docs/monitor.md', 'utf8');
  for (const name of THRESHOLD_NAMES) {
    expect(page).toContain(`| \`${name}\` | ${THRESHOLDS[name].default} | ${THRESHOLDS[name].about} |`);
  }
});

test('a state file is read as it was written; a foreign one is refused, and not written over', async () => {
  const path = await fileWith('{"version": 2}');
  await expect(readState(path)).rejects.toMatchObject({ code: 'bad-state-file' });
  const state = { version: 1, alerts: [], learnt: { q: [1, 2] } } as const;
  await writeState(path, state);
  expect(await readState(path)).toEqual(state);
  await rm(path);
  expect(await readState(path)).toEqual({ version: 1, alerts: [], learnt: {} });
});
