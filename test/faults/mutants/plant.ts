import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BLIND, type Mutant } from './mutant.js';

/**
 * Copies the built command into an empty directory and plants the bug.
 *
 * @param main the right `main.js`, in `dist/src/cli`
 * @returns the wrong one
 * @throws when a text does not stand in its file just once: a mutant must not rot unseen
 */
export function plant(mutant: Mutant, main: string, directory: string): string {
  const source = dirname(dirname(main));
  const root = dirname(dirname(source));
  const target = join(directory, 'dist', 'src');
  cpSync(source, target, { recursive: true });
  cpSync(join(root, 'package.json'), join(directory, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  for (const { file, find, replace } of [...mutant.edits, ...(mutant.blind === true ? [BLIND] : [])]) {
    const path = join(target, file);
    const parts = readFileSync(path, 'utf8').split(find);
    if (parts.length !== 2)
      throw new Error(
        `"${find}" stands ${parts.length - 1} times in ${file}, for the mutant: ${mutant.name}`,
      );
    writeFileSync(path, parts.join(replace));
  }
  return join(target, 'cli', 'main.js');
}
