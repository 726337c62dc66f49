import { readFile } from 'node:fs/promises';
import { DrydockError } from '../../errors.js';
import { MONITOR_DEFAULTS } from '../thresholds.js';

/** A shorter one can be found by trying. */
const SHORTEST = 16;

/** The token of the page, from a file or from the environment; null where none is set. It is never printed. */
export async function pageToken(
  file: string | null,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  const name = MONITOR_DEFAULTS.tokenEnv;
  const token = file === null ? env[name] : (await readFile(file, 'utf8').catch(() => '')).trim();
  if (token === undefined || (file === null && token === '')) return null;
  if (token.length >= SHORTEST) return token;
  throw new DrydockError({
    code: 'weak-token',
    what: `The token of the page (${file === null ? name : `file ${file}`}) has fewer than ${SHORTEST} characters, or cannot be read.`,
    state: 'The monitor did not start.',
    next: 'Make a long one, such as: openssl rand -hex 24',
  });
}
