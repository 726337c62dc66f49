import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the build reads: the folders that tsconfig.build.json names, what those of the tests import, and how it is done. */
const inputs = (root) => [
  ...JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8')).include,
  'test/support',
  'scripts',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.page.json',
  'package-lock.json',
];
const stampFile = (root) => join(root, 'dist', '.stamp');

/** True when dist was built from just the sources that are there now, none changed, added or deleted. */
export function isBuilt(root) {
  return existsSync(stampFile(root)) && readFileSync(stampFile(root), 'utf8') === fingerprint(root);
}

export function writeStamp(root, built) {
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stampFile(root), built);
}

/** Path, size and time of every input: reading them all would cost more than it could save. */
export function fingerprint(root) {
  const hash = createHash('sha256');
  const add = (path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (!stat) return;
    if (!stat.isDirectory()) hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
    else
      for (const name of readdirSync(join(root, path)).sort())
        if (!name.endsWith('.test.ts')) add(join(path, name));
  };
  inputs(root).forEach(add);
  return hash.digest('hex');
}
