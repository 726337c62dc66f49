import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findConfig } from '../../src/cli/find-config.js';
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
    ['none.ts', 'export default {};', 'either consolidations or a project'],
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
