import { quoted } from '../format/printable.js';
import type { Loaded } from './config.js';
import { findConfig } from './find-config.js';
import { UsageError } from './usage.js';

/** Names a config file where no option does. */
const VARIABLE = 'DRYDOCK_CONFIG';

/** Variables that say which database is meant, so that a config file need not. */
const ADDRESSES = ['DATABASE_URL', 'PGSERVICE', 'PGHOST', 'PGHOSTADDR', 'PGDATABASE'] as const;

/**
 * The project that a command is about, and where: what options and environment leave open is the config file's, and
 * without one the default: no project.
 *
 * @param named the file that an option names
 * @param environment which of the environments of the file
 * @throws DrydockError `bad-config`
 */
export async function loadSubject(
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
  environment?: string,
): Promise<Partial<Loaded>> {
  const config = await readConfig(named ?? env[VARIABLE], environment);
  if (ADDRESSES.some((name) => env[name] !== undefined)) return { ...config, databaseUrl: undefined };
  return config;
}

async function readConfig(
  named: string | undefined,
  environment: string | undefined,
): Promise<Partial<Loaded>> {
  const file = named ?? findConfig(process.cwd());
  // What evaluates and checks a file is loaded where there is one.
  if (file !== undefined) return (await import('./config.js')).loadConfig(file, environment);
  if (environment === undefined) return {};
  throw new UsageError(
    `There is no config file that could have an environment ${quoted(environment)}.`,
    null,
  );
}
