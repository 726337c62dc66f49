import pg from 'pg';
import { generateLegacyData } from '../../../fixtures/generate.js';
import { type LegacyMixture, mixtureOf, SHAPE_A, SHAPE_B, SHAPE_B_DLT } from '../../../fixtures/mixture.js';
import { createLegacySchema } from '../../../fixtures/schema/create.js';
import type { Shape } from '../shapes.js';
import type { DemoOptions } from './options.js';

/** The only door from the command line to the fixtures. */

const MIXTURES: Readonly<Record<Shape, LegacyMixture>> = {
  A: SHAPE_A,
  B: SHAPE_B,
  dlt: SHAPE_B_DLT,
  mixed: mixtureOf({
    opportunities: 'A',
    appOpportunities: 'dlt',
    appSchema: 'public_staging',
    opportunityScores: 'A',
    scoreComponents: 'A',
  }),
};

const DATABASE = 'redditharbor';

/**
 * Makes a legacy database on an empty server: schema, constraints, data.
 *
 * @param serverUrl - URL of a database that is there already
 * @returns its URL, and the rows of each table
 */
export async function makeLegacyDatabase(
  serverUrl: string,
  options: Pick<DemoOptions, 'shape' | 'seed' | 'submissions'>,
  onProgress: (rows: number) => void,
): Promise<{ readonly url: string; readonly rows: Readonly<Record<string, number>> }> {
  const url = new URL(serverUrl);
  await withClient(url.href, (client) => client.query(`create database ${DATABASE}`));
  url.pathname = `/${DATABASE}`;

  const mixture = MIXTURES[options.shape];
  await withClient(url.href, (client) => createLegacySchema(client, mixture));
  const rows = await generateLegacyData(() => connect(url.href), {
    mixture,
    submissions: options.submissions,
    seed: options.seed,
    onProgress,
  });
  return { url: url.href, rows };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'drydock demo' });
  // A server that is stopped under us says so here; the statement under way fails with it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = await connect(url);
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
