import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SHAPE_B } from '../../fixtures/mixture.js';
import { readSavedBench, report } from '../../src/index.js';
import { drydock } from '../cli/process.js';
import { prepared } from '../support/prepared.js';
import { benchReport } from './samples.js';

const CONTENTS = { submissions: 300, seed: 3, oddShare: 0.1, mixture: SHAPE_B } as const;

test('tells from the ledger what was done, and writes nothing in the database', async () => {
  const database = await prepared({ ...CONTENTS, run: { batchSize: 100 } });
  const { report: told, html } = await report({ databaseUrl: database.url, bench: benchReport() });
  const [phase] = told.phases;
  expect(phase?.batches.length).toBeGreaterThan(2);
  expect(phase?.batches.every(({ startedAt, finishedAt }) => (startedAt ?? 0) <= (finishedAt ?? 0))).toBe(
    true,
  );
  const { rows } = await database.query<{ n: number }>('select count(*)::int as n from opportunities');
  const booked = phase?.accounting.find(({ table }) => table === 'opportunities');
  expect(booked).toMatchObject({ source: rows[0]?.n, balanced: true });
  expect(phase?.verification?.tables.every(({ equal }) => equal)).toBe(true);
  expect(told.events.map(({ kind }) => kind)).toContain('finished');
  expect(told.warnings).toEqual([]);
  expect(html).toContain(phase?.verification?.tables[0]?.legacy.hash.split(':')[0]);
});

test('the command writes the file, and run --report does', async () => {
  const database = await prepared({ ...CONTENTS });
  const directory = await directoryOfOurs();
  const env = { DATABASE_URL: database.url };
  const none = await drydock(['report', '--json'], env);
  expect(none.status).toBe(2);
  expect(JSON.parse(none.stdout)).toMatchObject({ error: { code: 'not-loaded' } });

  const [first, second] = [join(directory, 'run.html'), join(directory, 'deeper', 'report.html')];
  expect((await drydock(['run', '--report', first], env)).status).toBe(0);
  await writeFile(join(directory, 'drydock-bench-20260301T130000Z.json'), JSON.stringify(benchReport()));
  const { status, stdout } = await drydock(['report', '--out', second, '--bench', directory, '--json'], env);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ file: second, report: { bench: { database: 'reddit' } } });
  for (const file of [first, second])
    expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>\n.*<\/html>\n$/s);
});

test('a saved benchmark that is none is refused', async () => {
  const directory = await directoryOfOurs();
  const refused = { code: 'no-benchmark' };
  await expect(readSavedBench(directory)).rejects.toMatchObject(refused);
  const file = join(directory, 'other.json');
  await writeFile(file, '{"queries": 3}');
  await expect(readSavedBench(file)).rejects.toMatchObject(refused);
  await expect(readSavedBench(join(directory, 'missing.json'))).rejects.toMatchObject(refused);
});

async function directoryOfOurs(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'drydock-report-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}
