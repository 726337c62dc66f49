import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readOptions } from './options.js';
import { debianPostgres, fetchPostgres, type Postgres, publishedVersions } from './postgres.js';
import { restoreEverywhere } from './restores.js';
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
const published = await publishedVersions();
if (published.length === 0) console.error('The npm registry does not answer: what is in the cache is taken.');
for (const major of options.majors)
  servers.set(major, await fetchPostgres(major, join(cache, 'drydock-postgres'), published));
const debian = (await Promise.all(options.majors.map(debianPostgres))).filter((one) => one !== null);

const results: Result[] = [];
if (!options.restoresOnly) {
  for (const variant of variantsOf(options.majors, options.settings)) {
    const skipped = impossible(variant);
    const server = servers.get(variant.major) as Postgres;
    const outcome = skipped === undefined ? await runVariant(variant, server) : { skipped };
    results.push({ ...variant, version: server.version, outcome });
    for (const other of variant.settings === 'plain' ? debian : []) {
      if (other.major !== variant.major) continue;
      results.push({ ...variant, version: other.version, outcome: await runVariant(variant, other) });
    }
  }
  console.log(markdown(results));
}
const restores = await restoreEverywhere([...servers.values(), ...debian]);
for (const { from, to, problem } of restores)
  console.log(`backup of ${from}, restored on ${to}: ${problem ?? 'everything is as it was'}`);
const hasFailed = results.some(({ outcome }) => 'ok' in outcome && !outcome.ok);
if (hasFailed || restores.some(({ problem }) => problem !== null)) process.exitCode = 1;

async function runVariant(variant: Variant, { version, native }: Postgres): Promise<Outcome> {
  const output = join(logs, `${version.replace(/\W+/g, '-')}-${variant.settings}`);
  console.error(`PostgreSQL ${version}, ${variant.settings} ... (${relative('', output)}.log)`);
  const outcome = await runSuite({ ...serverOptions(variant), native }, options.files, output);
  for (const failure of outcome.failures.slice(0, SHOWN)) console.error(`  ${failure}`);
  if (outcome.failures.length > SHOWN) console.error(`  and ${outcome.failures.length - SHOWN} more`);
  return outcome;
}
