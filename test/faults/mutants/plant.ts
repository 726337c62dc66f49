import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BLIND, type PlantedBug } from './mutant.js';

/**
 * Copies the built command into an empty directory and plants the bug.
 *
 * @param main the right `main.js`, in `dist/src/cli`
 * @returns the wrong one
 */
export function plant(mutant: PlantedBug, main: string, directory: string): string {
  const source = dirname(dirname(main));
  const root = dirname(dirname(source));
  const target = join(directory, 'dist', 'src');
  cpSync(source, target, { recursive: true });
  cpSync(join(root, 'package.json'), join(directory, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  for (const [file, text] of planted(mutant, source)) writeFileSync(join(target, file), text);
  return join(target, 'cli', 'main.js');
}

/**
 * The files of a mutant as they are with the bug.
 *
 * @param source the right `dist/src`
 * @throws when a text does not stand in its file just once: a mutant must not rot unseen
 */
export function planted(mutant: PlantedBug, source: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const { file, find, replace } of [...mutant.edits, ...(mutant.blind === true ? [BLIND] : [])]) {
    const parts = (files.get(file) ?? readFileSync(join(source, file), 'utf8')).split(find);
    if (parts.length !== 2)
      throw new Error(
        `"${find}" stands ${parts.length - 1} times in ${file}, for the mutant: ${mutant.name}`,
      );
    files.set(file, parts.join(replace));
  }
  return files;
}
