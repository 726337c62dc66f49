import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/cli/config.js';
import { chosenProject } from '../../src/default-phases.js';
import {
  cutover,
  type InitReport,
  init,
  type Project,
  plan,
  rollback,
  run,
  verify,
} from '../../src/index.js';
import { rowsOf } from '../examples/journey.js';
import type { TestDatabase } from '../support/database.js';

/** What `init` proposes for some tables. */
export function proposed(database: TestDatabase, tables?: readonly string[]): Promise<InitReport> {
  return init({ databaseUrl: database.url, ...(tables && { tables }) });
}

/** What a proposal declares, as it stands. */
export async function projectFrom({ declaration }: InitReport): Promise<Project> {
  expect(declaration).not.toBeNull();
  const directory = mkdtempSync(join(tmpdir(), 'drydock-init-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'drydock.config.ts');
  writeFileSync(file, declaration ?? '');
  return chosenProject(await loadConfig(file));
}

/** Takes a proposal as it stands there and back, and looks that all rows are what they were. */
export async function thereAndBack(
  database: TestDatabase,
  report: InitReport,
  identities: Readonly<Record<string, string>>,
): Promise<void> {
  const target = { databaseUrl: database.url, project: await projectFrom(report) };
  const before = await rowsOf(database, identities);
  expect((await plan(target)).stops).toEqual([]);
  expect((await run(target)).phases).toMatchObject([{ state: 'verified' }]);
  expect(await verify({ ...target, strict: true })).toMatchObject({ equal: true });
  expect((await cutover({ ...target, noBackup: true })).phases).toMatchObject([{ outcome: 'cut-over' }]);
  expect(await rowsOf(database, identities)).toEqual(before);
  const back = await rollback(target);
  expect(back.phases.map(({ reverted }) => reverted?.catalogDifferences)).toEqual([[]]);
  expect(await rowsOf(database, identities)).toEqual(before);
}

/** The pairs of columns that are proposed, as `a.x = b.y`, each with whether it is sure. */
export function pairsIn({ proposal }: InitReport): ReadonlyMap<string, boolean> {
  return new Map(
    (proposal?.columns ?? []).flatMap(({ givers, sure }) =>
      givers.flatMap((one, at) => givers.slice(at + 1).map((other) => [pairName(one, other), sure] as const)),
    ),
  );
}

/** A pair's name, whichever comes first. */
export function pairName(one: string, other: string): string {
  return [one, other].sort().join(' = ');
}
