import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readOptions } from './options.js';
import { fetchPostgres } from './postgres.js';
import { runSuite } from './suite.js';
import { markdown, type Result } from './table.js';
import { impossible, serverOptions, type Variant, variantsOf } from './variants.js';

/** npm starts us in the project's directory. */
const cache = join(process.cwd(), 'node_modules', '.cache');
const logs = join(cache, 'drydock-matrix');

/** Failures of one run that are shown; all are in its log. */
const SHOWN = 25;

async function runVariant(variant: Variant, files: readonly string[]): Promise<Result> {
  const skipped = impossible(variant);
  if (skipped !== undefined) return { ...variant, version: String(variant.major), outcome: { skipped } };
  const { version, native } = await fetchPostgres(variant.major, join(cache, 'drydock-postgres'));
  const output = join(logs, `${variant.major}-${variant.settings}`);
  console.error(`PostgreSQL ${version}, ${variant.settings} ... (${relative('', output)}.log)`);
  const outcome = await runSuite({ ...serverOptions(variant), native }, files, output);
  for (const failure of outcome.failures.slice(0, SHOWN)) console.error(`  ${failure}`);
  if (outcome.failures.length > SHOWN) console.error(`  and ${outcome.failures.length - SHOWN} more`);
  return { ...variant, version, outcome };
}

const options = readOptions(process.argv.slice(2));
await mkdir(logs, { recursive: true });
const results: Result[] = [];
for (const variant of variantsOf(options.majors, options.settings))
  results.push(await runVariant(variant, options.files));
console.log(markdown(results));
if (results.some(({ outcome }) => 'ok' in outcome && !outcome.ok)) process.exitCode = 1;
