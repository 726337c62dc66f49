import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CONNECTION_LOST, RETRYABLE } from '../../src/db/sqlstate.js';
import { KINDS } from './kinds/all.js';
import { MUTANTS } from './mutants/all.js';

const page = readFileSync(fileURLToPath(new URL('../../docs/reliability.md', import.meta.url)), 'utf8');

/** The first cells of the table under a heading. */
function firstCells(heading: string): string[] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const rows = own.split('\n').filter((line) => /^\| (?!---)/.test(line));
  return rows.slice(1).map((row) => (row.split(' | ')[0] ?? '').replace(/^\| /, ''));
}

describe('docs/reliability.md names what there is', () => {
  test('every kind of fault', () => {
    const cells = firstCells('What was done to it');
    for (const { name, weight } of KINDS) if (weight > 0) expect(cells).toContain(`\`${name}\``);
  });

  test('every error after which Drydock tries again, and why', () => {
    for (const [states, heading] of [
      [RETRYABLE, 'When it tries again'],
      [CONNECTION_LOST, 'When a connection is lost'],
    ] as const) {
      expect(firstCells(heading)).toEqual([...states.keys()].map((state) => `\`${state}\``));
      for (const [state, reason] of states) expect(page).toContain(`| \`${state}\` | ${reason} |`);
    }
  });

  test('every planted bug', () => {
    expect(firstCells('The harness itself')).toEqual(MUTANTS.map(({ name }) => name));
  });
});
