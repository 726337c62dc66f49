import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/**
 * The engine knows no table by name: it works on a project that is passed in. Whoever names one of RedditHarbor's tables,
 * columns or things in it, in code, SQL or a comment, has written something that another schema does not have.
 */

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

/** Where they are known: the project itself, the demo of it, and the two files that name the default. */
const KNOWING = ['redditharbor/', 'cli/demo/', 'default-project.ts', 'default-phases.ts'];

const NAMES = /opportunit|submission|assessment|reddit|workflow_result|app_opp/i;

test('no file outside of the project names what is in its schema', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(ts|html|css|svg)$/.test(file),
  );
  expect(files.length).toBeGreaterThan(400);
  for (const place of KNOWING) expect(files.some((file) => file.startsWith(place))).toBe(true);
  const found = files
    .filter((file) => !KNOWING.some((place) => file.startsWith(place)))
    .flatMap((file) =>
      readFileSync(join(SOURCE, file), 'utf8')
        .split('\n')
        .flatMap((line, at) => (NAMES.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
    );
  expect(found).toEqual([]);
});
