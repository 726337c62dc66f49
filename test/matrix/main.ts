import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readOptions } from './options.js';
import { fetchPostgres, type Postgres } from './postgres.js';
import { type Outcome, runSuite } from './suite.js';
import { markdown, type Result } from './table.js';
import { impossible, serverOptions, type Variant, variantsOf } from './variants.js';

/** npm starts us in the project's directory. */
const cache = join(process.cwd(), 'node_modules', '.cache');
const logs = join(cache, 'drydock-matrix');

/** Failures of one run that are shown; all are in its log. */
const SHOWN = 25;

const options = readOptions(process.argv.slice(2));
await mkdir(logs, { recursive: true });

// All of them before the first run: what cannot be fetched is to be known at once, not after an hour.
const servers = new Map<number, Postgres>();
for (const major of options.majors)
  servers.set(major, await fetchPostgres(major, join(cache, 'drydock-postgres')));

const results: Result[] = [];
for (const variant of variantsOf(options.majors, options.settings)) {
  const { version, native } = servers.get(variant.major) as Postgres;
  const skipped = impossible(variant);
  const outcome = skipped === undefined ? await runVariant(variant, native) : { skipped };
  results.push({ ...variant, version, outcome });
}
console.log(markdown(results));
if (results.some(({ outcome }) => 'ok' in outcome && !outcome.ok)) process.exitCode = 1;

async function runVariant(variant: Variant, native: string): Promise<Outcome> {
  const output = join(logs, `${variant.major}-${variant.settings}`);
  console.error(`PostgreSQL ${variant.major}, ${variant.settings} ... (${relative('', output)}.log)`);
  const outcome = await runSuite({ ...serverOptions(variant), native }, options.files, output);
  for (const failure of outcome.failures.slice(0, SHOWN)) console.error(`  ${failure}`);
  if (outcome.failures.length > SHOWN) console.error(`  and ${outcome.failures.length - SHOWN} more`);
  return outcome;
}
