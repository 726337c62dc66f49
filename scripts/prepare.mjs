// Runs before `npm test` and `npm run demo`, so that each of them works alone on a fresh clone: installs what is
// missing and builds what is stale. Needs nothing but Node itself, and says nothing when there is nothing to do.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { run } from './lib/run.mjs';
import { isBuilt } from './lib/stamp.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (!isInstalled()) {
  console.error('Installing the dependencies (npm ci) ...');
  // The same npm that runs us; NODE_ENV=production must not leave out the compiler.
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
  if (npm) run(root, process.execPath, [npm, ...args]);
  else run(root, 'npm', args);
}

if (!isBuilt(root)) {
  console.error('Building ...');
  run(root, process.execPath, [join(root, 'scripts', 'build.mjs')]);
}

/**
 * Compares what npm noted in node_modules with package-lock.json. By content and not by time: a fresh checkout
 * gives the lock file a new time, and `npm ci` would then delete node_modules under a running process for nothing.
 */
function isInstalled() {
  const noted = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(noted)) return false;
  const installed = JSON.parse(readFileSync(noted, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    if (!found) return entry.optional === true; // of another platform, or left out on purpose
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}
