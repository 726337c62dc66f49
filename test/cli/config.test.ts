import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findConfig } from '../../src/cli/find-config.js';
import { flagsOf, variableOf } from '../../src/cli/flags/given.js';
import { parseFlags } from '../../src/cli/flags/parse.js';
import { scanGlobals } from '../../src/cli/globals.js';
import { buildProgram } from '../../src/cli/program.js';
import { loadSubject } from '../../src/cli/project.js';
import { chosenPhases } from '../../src/default-phases.js';
import { refusal } from './refusal.js';

const directory = mkdtempSync(join(tmpdir(), 'drydock-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function written(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

/** A project as a config file may write it, with types; that of the library under another name. */
const GIVEN = `
import { DEFAULT_PROJECT, defineConfig, type Project } from 'pg-drydock';
const project: Project = { ...DEFAULT_PROJECT, name: 'shop', derived: null };
export default defineConfig({ project, databaseUrl: 'postgres://clerk@shop/shop', schema: 'till' });
`;

/** The example of the documentation, as a reader would save it. */
const [, EXAMPLE = ''] = /```ts\n(.*?)```/s.exec(readFileSync('docs/declare.md', 'utf8')) ?? [];

describe('a config file', () => {
  test('declares consolidations', async () => {
    const { project } = await loadSubject(written('declared.ts', EXAMPLE), {});
    expect(chosenPhases({ project })).toEqual(['customers']);
    expect(project?.tables.map(({ name }) => name)).toEqual(['shop_customers', 'crm_people']);
  });

  test('that cannot be meant is refused in the words of the declaration', async () => {
    const text = EXAMPLE.replace('sources: [shop, crm]', 'sources: [shop]');
    await expect(loadSubject(written('meant.ts', text), {})).rejects.toMatchObject({
      code: 'bad-declaration',
    });
  });

  test('is refused for everything in it that cannot be meant, at once', async () => {
    const text = EXAMPLE.replace("prefix: 'shop',", "prefix: 'shop', winner: 'newst' as never,")
      .replace('sources: [shop, crm]', 'sources: [shop]')
      .replace(".else('lead')", ".else('leed' as never)")
      .replace("gone: 'churned' }", "gone: 'chured' }");
    await expect(loadSubject(written('several.ts', text), {})).rejects.toMatchObject({
      code: 'bad-declaration',
      message: expect.stringMatching(
        /no winner "newst".*"chured" is no spelling of gone.*"leed" is none of the words.*Column name comes from crm_people/,
      ),
      refusals: { length: 9 },
    });
  });

  test('in TypeScript says what is restructured, and where', async () => {
    const found = await loadSubject(written('given.ts', GIVEN), {});
    expect(found).toMatchObject({ databaseUrl: 'postgres://clerk@shop/shop', schema: 'till' });
    expect(found.project?.name).toBe('shop');
    expect(chosenPhases(found)).toEqual(['opportunities', 'assessments']);
  });

  test.each(['DATABASE_URL', 'PGHOST', 'PGSERVICE'])('gives way to %s of the environment', async (name) => {
    const found = await loadSubject(written('given.ts', GIVEN), { [name]: 'another' });
    expect(found).toMatchObject({ databaseUrl: undefined, schema: 'till' });
  });

  test('may be named by the environment', async () => {
    const found = await loadSubject(undefined, { DRYDOCK_CONFIG: written('given.mts', GIVEN) });
    expect(found.project?.name).toBe('shop');
  });

  test.each([
    ['nothing.ts', 'export const project = 1;', 'it exports nothing by default'],
    ['broken.ts', 'export default {', 'it cannot be loaded'],
    ['throws.mjs', 'throw new Error("no such day");', 'no such day'],
    ['further.js', 'export default { project: { tables: [], consolidations: [] }, phase: 1 };', '"phase"'],
    ['other.ts', 'export default { project: 1 };', 'project: a project is wanted'],
    ['wrong.ts', 'export default { consolidations: [{}] };', 'consolidations.0: a consolidation is wanted'],
  ])('%s is refused with its name and the reason', async (name, text, why) => {
    const error = await loadSubject(written(name, text), {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining(why),
      state: 'Nothing was done: no connection was opened.',
    });
    expect(String((error as Error).message)).toContain(name);
  });

  test('that is not there is refused', async () => {
    await expect(loadSubject(join(directory, 'gone.ts'), {})).rejects.toThrow('there is no such file');
  });

  test('is found in the working directory; of two neither is meant', () => {
    expect(findConfig(directory)).toBeUndefined();
    const first = written('drydock.config.ts', GIVEN);
    expect(findConfig(directory)).toBe(first);
    written('drydock.config.mjs', 'export default {};');
    expect(() => findConfig(directory)).toThrow('is there as well');
  });
});

test('without one nothing is named, which means the default', async () => {
  expect(await loadSubject(undefined, {})).toEqual({});
});

test('a phase is one of the project that the file names', async () => {
  const config = written('phases.ts', GIVEN);
  expect(await refusal(['status', '--config', config, '--phase', 'enhancements'])).toMatchObject({
    stderr: expect.stringContaining('--phase wants one of opportunities, assessments, all'),
  });
});

describe('where the value of a flag comes from', () => {
  const file = join(directory, 'with-flags.mjs');
  writeFileSync(
    file,
    `export default {
      schema: 'till',
      flags: { batchSize: 200, maxRate: 2000, nice: true, run: { capture: false, batchSize: 300 } },
      environments: { big: { databaseUrl: 'postgres://big@x/y', schema: 'all', flags: { run: { batchSize: 400 } } } },
      monitor: { thresholds: { diskPercent: 70 } },
    }`,
  );
  /** What a command makes of its arguments, in an environment. */
  async function given(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const program = await buildProgram({ globals: scanGlobals([]), out: {}, err: {} } as never, args);
    const raw = (one: unknown) => one;
    const names = ['databaseUrl', 'schema', 'batchSize', 'maxRate', 'nice', 'capture', 'monitor'];
    const schema = Object.fromEntries(names.map((name) => [name, raw]));
    const command = program.commands.find((one) => one.name() === args[0]);
    if (command === undefined) throw new Error(`no command ${args[0]}`);
    const before = { ...process.env };
    let found: Promise<Record<string, unknown>> | undefined;
    command.action(() => {
      found = parseFlags(schema, command);
    });
    for (const name of ['DATABASE_URL', 'PGHOST', 'PGDATABASE', 'PGSERVICE', 'PGHOSTADDR'])
      delete process.env[name];
    Object.assign(process.env, env);
    try {
      await program.parseAsync([...args], { from: 'user' });
      return await found;
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
    }
  }

  test('the command line, then the environment, then the file: of the command, of all', async () => {
    const config = ['--config', file];
    expect(await given(['run', ...config])).toMatchObject({
      batchSize: '300', maxRate: '2000', nice: true, capture: false, schema: 'till', monitor: { thresholds: { diskPercent: 70 } },
    });
    expect(await given(['plan', ...config])).toMatchObject({ batchSize: '200' });
    const env = { DRYDOCK_BATCH_SIZE: '50', DRYDOCK_NICE: 'no', DRYDOCK_CAPTURE: 'true', DRYDOCK_SCHEMA: 'env', DRYDOCK_CONFIG: file };
    expect(await given(['run'], env)).toMatchObject({ batchSize: '50', nice: false, capture: true, schema: 'env', maxRate: '2000' });
    expect(await given(['run', '--batch-size', '7', '--nice', '--no-capture', '--schema', 'line'], env)).toMatchObject({
      batchSize: '7', nice: true, capture: false, schema: 'line',
    });
    expect(await given(['run', ...config, '--environment', 'big'])).toMatchObject({
      databaseUrl: 'postgres://big@x/y', schema: 'all', batchSize: '400', capture: false,
    });
    expect(await given(['run', ...config], { DRYDOCK_ENVIRONMENT: 'big', DATABASE_URL: 'postgres://here' })).toMatchObject({
      databaseUrl: undefined, schema: 'all',
    });
  }); // biome-ignore format: what is given beside what comes of it

  test.each([
    [`{ flags: { maxrate: 1 } }`, 'drydock has no flag maxrate'],
    [`{ flags: { verify: { maxRate: 1 } } }`, 'verify has no flag maxRate'],
    [`{ flags: { runn: {} } }`, 'there is no command runn'],
    [`{ flags: { json: true } }`, 'json is wanted before the file is read (DRYDOCK_JSON)'],
    [`{ flags: { nice: 'yes' } }`, 'flags.nice of'],
    [`{ flags: { maxRate: true } }`, 'wants a value'],
    [`{ flag: {} }`, 'flag'],
    [`{ environments: { a: { flags: { nope: 1 } } } }`, 'it has no environment "big"'],
    [`{ environments: { big: {}, a: { flags: { nope: 1 } } } }`, 'drydock has no flag nope'],
  ])('%s is refused by name', async (text, why) => {
    // A module is evaluated once.
    const other = join(directory, `wrong-${Buffer.from(text).toString('hex').slice(0, 80)}.mjs`);
    writeFileSync(other, `export default ${text}`);
    const error = await given([
      'run',
      '--config',
      other,
      ...(text.includes('environments') ? ['--environment', 'big'] : []),
    ]).catch((reason: unknown) => reason);
    expect((error as Error).message.replaceAll("'", '"')).toContain(why);
  });

  test('what is wrong is said with where it comes from, and the file of the monitor as JSON is refused with a hint', async () => {
    expect(await refusal(['status', '--config', 'monitor.json'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no such file'),
    });
    const json = join(directory, 'monitor.json');
    writeFileSync(json, '{"thresholds": {}}');
    expect(await refusal(['monitor', '--config', json])).toMatchObject({
      stderr: expect.stringMatching(
        /it is JSON, as the monitor took it once.*\n.*\n.*member `monitor` of drydock.config.ts/,
      ),
    });
    process.env.DRYDOCK_BATCH_SIZE = 'many';
    try {
      expect((await refusal(['run'])).stderr).toContain(
        "--batch-size wants a whole number from 1 to 1000000, not 'many'. It is given by DRYDOCK_BATCH_SIZE.",
      );
    } finally {
      delete process.env.DRYDOCK_BATCH_SIZE;
    }
  });

  test('the help of a command names the variable of each flag', async () => {
    const program = await buildProgram({ globals: scanGlobals([]), out: {}, err: {} } as never, []);
    for (const command of program.commands) {
      const text = command.helpInformation().replaceAll(/\s+/g, '');
      for (const option of flagsOf(command))
        expect([command.name(), text.includes(`[${variableOf(option)}]`)]).toEqual([command.name(), true]);
    }
  });
});
