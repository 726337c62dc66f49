import { describe, expect, test } from 'vitest';
import * as drydock from '../../src/index.js';

/** Nothing listens there: what comes so far as to connect fails in another way. */
const databaseUrl = 'postgresql://nobody@127.0.0.1:9/none';

const VERBS = {
  adopt: drydock.adopt,
  backup: drydock.backup,
  bench: drydock.bench,
  check: drydock.check,
  complete: drydock.complete,
  cutover: drydock.cutover,
  explain: drydock.explain,
  init: drydock.init,
  pause: drydock.pause,
  plan: drydock.plan,
  refresh: drydock.refresh,
  refreshEvery: drydock.refreshEvery,
  report: drydock.report,
  restore: drydock.restore,
  resume: drydock.resume,
  rollback: drydock.rollback,
  rollbackFully: drydock.rollbackFully,
  run: drydock.run,
  scheduleRefresh: drydock.scheduleRefresh,
  statements: drydock.statements,
  status: drydock.status,
  sync: drydock.sync,
  throttle: drydock.throttle,
  verify: drydock.verify,
  monitor: (options: drydock.MonitorOptions) => drydock.monitor(options).next(),
} as unknown as Readonly<Record<string, (options: unknown) => Promise<unknown>>>;

describe.each(Object.entries(VERBS))('%s', (name, verb) => {
  test('refuses an option that it does not know, before it connects', async () => {
    await expect(verb({ databaseUrl, phase: ['opportunities'] })).rejects.toMatchObject({
      code: 'bad-option',
      message: `${name} has no option 'phase'.`,
      next: expect.stringContaining('databaseUrl'),
    });
  });

  test('refuses what is no object of options', async () => {
    await expect(verb(undefined)).rejects.toMatchObject({ code: 'bad-option' });
    await expect(verb(null)).rejects.toMatchObject({ code: 'bad-option' });
  });
});

test('every verb of the library is among them', () => {
  const others = [
    'EXIT',
    'CODES',
    'DrydockError',
    'StoppedError',
    'defineConfig',
    'projectOf',
    'readSavedBench',
  ];
  const functions = Object.entries(drydock).filter(
    ([name, value]) => typeof value === 'function' && !others.includes(name),
  );
  expect(functions.map(([name]) => name).sort()).toEqual(Object.keys(VERBS).sort());
});

test('phases that are no list are refused', async () => {
  const options = { databaseUrl, phases: 'opportunities' } as unknown as drydock.RunOptions;
  await expect(drydock.run(options)).rejects.toMatchObject({ code: 'bad-option' });
});
