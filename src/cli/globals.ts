import { truthIn } from './flags/given.js';

/** What has to be known before the arguments are parsed, since it decides how a wrong argument is reported. */
export interface Globals {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly logFormat: 'text' | 'json';
}

/** Reads the global switches anywhere in the arguments, up to `--`. */
export function scanGlobals(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Globals {
  const end = argv.indexOf('--');
  const flags = end < 0 ? argv : argv.slice(0, end);
  const logFormat = flags[flags.indexOf('--log-format') + 1];
  return {
    json: flags.includes('--json') || truthIn(env.DRYDOCK_JSON) === true,
    verbose: flags.includes('--verbose') || truthIn(env.DRYDOCK_VERBOSE) === true,
    color: !flags.includes('--no-color') && truthIn(env.DRYDOCK_COLOR) !== false,
    logFormat:
      flags.includes('--log-format=json') ||
      (flags.includes('--log-format') ? logFormat === 'json' : env.DRYDOCK_LOG_FORMAT === 'json')
        ? 'json'
        : 'text',
  };
}
