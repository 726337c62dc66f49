// Compiles src and fixtures into dist, copies what is not TypeScript beside it, and makes the command executable.
// `--clean` empties dist first: without it the output of a deleted source stays, which only a package must not have.
import { chmodSync, cpSync, existsSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { run } from './lib/run.mjs';
import { fingerprint, writeStamp } from './lib/stamp.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

if (process.argv.includes('--clean')) rmSync(dist, { recursive: true, force: true });

const built = fingerprint(root); // taken before: a file saved while tsc runs must count as not yet built

// tsc believes its build info even where the output it speaks of has been deleted.
if (!existsSync(join(dist, 'src'))) rmSync(join(dist, '.tsbuildinfo'), { force: true });
run(root, process.execPath, [
  join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
  '-p',
  join(root, 'tsconfig.build.json'),
]);

for (const folder of ['src', 'fixtures']) {
  if (!existsSync(join(root, folder))) continue;
  cpSync(join(root, folder), join(dist, folder), {
    recursive: true,
    filter: (source) => statSync(source).isDirectory() || !source.endsWith('.ts'),
  });
}

const command = join(dist, 'src', 'cli', 'main.js');
if (existsSync(command)) chmodSync(command, 0o755); // tsc writes plain files; npm would set this only on install

writeStamp(root, built);
