import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { adopt, backup, monitor, plan, rollback, run, status, sync, verify } from '../../src/index.js';
import { createTestDatabase } from '../support/database.js';
import { PHASES } from '../support/phases.js';
import { bindings, gotTo, type Progress, strand } from './copies.js';
import { goOn, goOnForAWhile } from './journey.js';

test.each<[Progress, number]>([
  ['half loaded', 4],
  ['in sync', 7],
  ['one phase cut over', 7],
  ['both phases cut over', 7],
])('a copy of a database that is %s goes on to the end', { timeout: 300_000 }, async (progress, captured) => {
  const database = await gotTo(progress);
  const databaseUrl = database.url;
  await database.query(`update opportunities set target_audience = 'written in the original'`);
  await strand(database);
  const before = await bindings(database);

  expect(await status({ databaseUrl })).toMatchObject({
    copyOf: { database: 'the original', needsAdoption: true },
  });
  const { samples } = await monitorOnce(databaseUrl);
  expect(samples).toContain('drydock adopt');
  const directory = mkdtempSync(join(tmpdir(), 'drydock-adopt-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const refused = { code: 'needs-adoption', next: expect.stringMatching(/drydock adopt/) };
  for (const verb of [
    () => plan({ databaseUrl }),
    () => run({ databaseUrl }),
    () => verify({ databaseUrl }),
    () => sync({ databaseUrl }),
    () => rollback({ databaseUrl, phases: PHASES }),
    () => backup({ databaseUrl, to: join(directory, 'backup') }),
  ]) {
    await expect(verb()).rejects.toMatchObject(refused);
  }
  expect(readdirSync(directory)).toEqual([]);
  const dry = await adopt({ databaseUrl, dryRun: true });
  expect(dry).toMatchObject({ outcome: 'would-adopt', copyOf: 'the original', findings: [] });
  expect(await bindings(database)).toEqual(before);

  const done = await adopt({ databaseUrl });
  expect(done).toMatchObject({ outcome: 'adopted', findings: [] });
  expect(done.phases.flatMap(({ captured: tables }) => tables)).toHaveLength(captured);
  expect(done.phases.flatMap(({ verification }) => verification?.equal ?? [])).toEqual(
    progress === 'half loaded' ? [] : [true, true, true],
  );
  expect(done.phases.map(({ asRemembered }) => asRemembered)).toEqual(done.phases.map(() => 0));
  const after = await status({ databaseUrl });
  expect(after).toMatchObject({ copyOf: null, lastEvent: { kind: 'adopted' } });
  expect(after.phases.flatMap(({ capture }) => capture?.silent ?? [])).toEqual([]);
  expect(await adopt({ databaseUrl })).toMatchObject({ outcome: 'nothing-to-adopt' });
  await (progress === 'half loaded' || progress === 'both phases cut over'
    ? goOn(database)
    : goOnForAWhile(database));
});

test('a copy of the files works on as it is, and says what it is a copy of', {
  timeout: 300_000,
}, async () => {
  const original = await gotTo('both phases cut over');
  const copy = await createTestDatabase('template', { template: original.name });
  const databaseUrl = copy.url;
  const about = { database: original.name, needsAdoption: false };
  await copy.query(`update drydock.home set database_name = '${original.name}'`);
  expect(await status({ databaseUrl })).toMatchObject({ copyOf: about });
  expect(await verify({ databaseUrl })).toMatchObject({ equal: true });
  await goOnForAWhile(copy);
  // The original goes on untouched.
  expect(await status({ databaseUrl: original.url })).toMatchObject({
    phases: [{ state: 'cut-over' }, { state: 'cut-over' }, { state: 'verified' }],
  });
});

async function monitorOnce(databaseUrl: string): Promise<{ samples: string }> {
  const samples: unknown[] = [];
  for await (const check of monitor({ databaseUrl, checks: 1 })) samples.push(check);
  return { samples: JSON.stringify(samples) };
}
