import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DrydockError } from '../errors.js';
import { quoted } from '../format/printable.js';

/** What a config file is called in the working directory. */
const NAMES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `drydock.config.${ending}`);

/**
 * The config file of a directory, if it has one.
 *
 * @throws DrydockError where it has several
 */
export function findConfig(directory: string): string | undefined {
  const found = NAMES.map((name) => join(directory, name)).filter((file) => existsSync(file));
  const [first, second] = found;
  if (first === undefined || second === undefined) return first;
  throw badConfig(
    second,
    `${first} is there as well`,
    'Name one of them with --config, or remove the other.',
  );
}

export function badConfig(file: string, why: string, next: string, cause?: unknown): DrydockError {
  return new DrydockError({
    code: 'bad-config',
    what: `${quoted(file)} is not a config file that can be used: ${why}.`,
    state: 'Nothing was done: no connection was opened.',
    next,
    cause,
  });
}

/** Where the declaration goes when nobody says where. */
export const CONFIG_FILE = 'drydock.config.ts';
