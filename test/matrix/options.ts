import { parseArgs } from 'node:util';
import { MAJORS, SETTINGS, type Settings } from './variants.js';

export interface MatrixOptions {
  readonly majors: readonly number[];
  readonly settings: readonly Settings[];
  /** Parts of the paths of test files; none means all. */
  readonly files: readonly string[];
  /** No tests: only backups of each server restored on the others. */
  readonly restoresOnly: boolean;
}

/** Reads `--majors 14,15 --settings icu,odd --files test/verbs --restores-only`, each of which may be left out. */
export function readOptions(args: readonly string[]): MatrixOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      majors: { type: 'string' },
      settings: { type: 'string' },
      files: { type: 'string' },
      'restores-only': { type: 'boolean' },
    },
  });
  return {
    majors: chosen('majors', values.majors, MAJORS),
    settings: chosen('settings', values.settings, SETTINGS),
    files: split(values.files),
    restoresOnly: values['restores-only'] === true,
  };
}

/** Those of `all` that the list names, in the order of `all`. */
function chosen<T extends string | number>(name: string, list: string | undefined, all: readonly T[]): T[] {
  if (list === undefined) return [...all];
  const wanted = split(list);
  const unknown = wanted.filter((word) => !all.some((one) => String(one) === word));
  if (unknown.length > 0) throw new Error(`--${name} knows ${all.join(', ')}; not ${unknown.join(', ')}`);
  return all.filter((one) => wanted.includes(String(one)));
}

function split(list: string | undefined): string[] {
  return (list ?? '').split(',').filter((word) => word !== '');
}
