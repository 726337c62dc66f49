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
// The page of the monitor runs in a browser: it is compiled on its own, without the types of Node.
for (const project of ['tsconfig.build.json', 'tsconfig.page.json']) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  run(root, process.execPath, [compiler, '-p', join(root, project), '--noEmit', 'false']);
}

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
