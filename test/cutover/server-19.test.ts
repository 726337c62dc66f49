import { expect, test } from 'vitest';
import { cutover } from '../../src/index.js';
import { prepared } from '../support/prepared.js';
import { needsServer } from '../support/version.js';
import { MIXTURES } from './at-sea.js';

const CONTENTS = { mixture: MIXTURES.B, submissions: 60, oddShare: 0, run: { batchSize: 100 } };

async function findings(databaseUrl: string, code: string) {
  const dry = { databaseUrl, phases: ['opportunities'], dryRun: true, noBackup: true } as const;
  const { phases } = await cutover(dry);
  return phases.flatMap((phase) => phase.findings.filter((finding) => finding.code === code));
}

test('a publication that leaves a legacy table out does not stop a cutover', async () => {
  needsServer(19, 'publications of all tables except some');
  const database = await prepared(CONTENTS);
  await database.query('create publication most for all tables except (table public.opportunities)');
  expect(await findings(database.url, 'publication')).toEqual([
    expect.objectContaining({
      verdict: 'warned',
      object: 'most',
      why: expect.stringContaining('leaves out public.opportunities'),
    }),
    expect.objectContaining({ verdict: 'warned', object: 'most' }),
  ]);
});

test('a property graph on a legacy table is named', async () => {
  needsServer(19, 'property graphs');
  const database = await prepared(CONTENTS);
  await database.query('create property graph ideas vertex tables (public.opportunities key (id))');
  expect(await findings(database.url, 'property-graph')).toEqual([
    expect.objectContaining({ verdict: 'warned', object: 'ideas' }),
  ]);
});
