import { expect, test } from 'vitest';
import { chosenPhases, chosenProject, DEFAULT_PHASES } from '../src/default-phases.js';
import { DEFAULT_PROJECT } from '../src/default-project.js';
import { phasesOf } from '../src/project/project.js';

test('the phases of the default project are those that are written down', async () => {
  expect(DEFAULT_PHASES).toEqual(phasesOf(DEFAULT_PROJECT));
  expect(await chosenProject({})).toBe(DEFAULT_PROJECT);
});

test('another project has its own', () => {
  const project = { ...DEFAULT_PROJECT, derived: null };
  expect(chosenPhases({ project })).toEqual(DEFAULT_PHASES.slice(0, -1));
});
