import { beforeAll, expect, test } from 'vitest';
import { generateLegacyData } from '../../fixtures/generate.js';
import { type LegacyMixture, SHAPE_A, SHAPE_B } from '../../fixtures/mixture.js';
import { DEFAULT_PROJECT } from '../../src/default-project.js';
import type { InitReport } from '../../src/index.js';
import { createTestDatabase } from '../support/database.js';
import { createLegacy } from '../support/legacy.js';
import { pairName, pairsIn, proposed } from './proposed.js';

const MIXTURES: Readonly<Record<string, LegacyMixture>> = {
  A: SHAPE_A,
  B: SHAPE_B,
  'B with A of workflow_results': { ...SHAPE_B, workflowResults: 'A' },
  'A with B of workflow_results': { ...SHAPE_A, workflowResults: 'B' },
};

/** What the declaration says of the columns of two tables: those that give one column its value, and those that are keys. */
function declared(
  phase: string,
  { tables }: InitReport,
): { readonly pairs: string[]; readonly keys: Set<string> } {
  const mapping = DEFAULT_PROJECT.consolidations.find(({ name }) => name === phase)?.mapping;
  const homes = (mapping?.sources ?? []).flatMap(({ table, homes: all }) =>
    [...all].map(([column, home]) => ({ table, column: `${table}.${column}`, home })),
  );
  const isThere = (name: string) =>
    tables.some(
      ({ table, identity, columns }) =>
        identity !== null && columns.some((one) => `${table}.${one.name}` === name),
    );
  const placed = homes
    .filter(({ column }) => isThere(column))
    .map(({ table, column, home }) => {
      const gives = home.kind === 'own' ? home.gives?.target : home.kind === 'id' ? undefined : home.target;
      const member = home.kind === 'member' ? `.${home.member}` : '';
      return {
        table,
        column,
        target: gives === undefined ? null : `${gives}${member}`,
        isKey: 'key' in home && home.key === true,
      };
    });
  const across = (may: (a: (typeof placed)[number], b: (typeof placed)[number]) => boolean) =>
    placed.flatMap((a, at) =>
      placed
        .slice(at + 1)
        .filter((b) => a.table !== b.table && may(a, b))
        .map((b) => pairName(a.column, b.column)),
    );
  return {
    pairs: across((a, b) => a.target !== null && a.target === b.target),
    keys: new Set(across((a, b) => a.isKey && b.isKey)),
  };
}

const found: { mixture: string; missing: string[]; expected: number; wrong: string[] }[] = [];

beforeAll(async () => {
  for (const [name, mixture] of Object.entries(MIXTURES)) {
    const database = await createTestDatabase(`init_${name}`);
    await createLegacy(database, mixture);
    await generateLegacyData(() => database.client(), { mixture, submissions: 400 });
    for (const phase of DEFAULT_PROJECT.consolidations) {
      const tables = phase.mapping.sources.map(({ table }) =>
        table === 'app_opportunities' ? `${mixture.appSchema}.${table}` : table,
      );
      const report = await proposed(database, tables);
      const { pairs, keys } = declared(phase.name, report);
      const proposal = pairsIn(report);
      found.push({
        mixture: `${phase.name} of ${name}`,
        expected: pairs.length,
        missing: pairs.filter((pair) => !proposal.has(pair)),
        wrong: [...proposal]
          .filter(([pair, sure]) => sure && !pairs.includes(pair) && !keys.has(pair))
          .map(([pair]) => pair),
      });
    }
  }
}, 300_000);

test('finds at least nine of ten columns that RedditHarbor pairs', () => {
  const expected = found.reduce((sum, one) => sum + one.expected, 0);
  const missing = found.flatMap((one) => one.missing.map((pair) => `${one.mixture}: ${pair}`));
  expect(expected).toBeGreaterThanOrEqual(12);
  expect(missing.length / expected, missing.join('\n')).toBeLessThanOrEqual(0.1);
});

test('proposes no other pair without a question mark', () => {
  expect(found.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
});
