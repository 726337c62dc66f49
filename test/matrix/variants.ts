import { execFileSync } from 'node:child_process';
import type { ServerOptions } from '../../src/embedded/server.js';

/** The majors that Drydock supports, oldest first. */
export const MAJORS = [14, 15, 16, 17, 18] as const;

/** Ways to set a server up: each is met on the oldest and on the newest major, `plain` on all. */
export const SETTINGS = ['plain', 'icu', 'en_US', 'odd'] as const;
export type Settings = (typeof SETTINGS)[number];

/** One run of the suite. */
export interface Variant {
  readonly major: number;
  readonly settings: Settings;
}

export function variantsOf(majors: readonly number[], settings: readonly Settings[]): Variant[] {
  const ends = new Set([majors[0], majors.at(-1)]);
  return settings.flatMap((name) =>
    majors.filter((major) => name === 'plain' || ends.has(major)).map((major) => ({ major, settings: name })),
  );
}

/** Why a variant cannot be run here; undefined when it can. */
export function impossible({ major, settings }: Variant): string | undefined {
  if (settings === 'icu' && major < 15) return 'databases in ICU collations came with 15';
  if (settings === 'en_US' && !systemLocales().some((name) => /^en_US\.utf-?8$/i.test(name)))
    return 'this system has no locale en_US.UTF-8';
  return undefined;
}

/** How the variant's server is made; its databases have the locale of the cluster. */
export function serverOptions({ major, settings }: Variant): ServerOptions {
  switch (settings) {
    case 'icu':
      return { localeArgs: ['--locale=C', '--locale-provider=icu', '--icu-locale=en-US'] };
    case 'en_US':
      return { localeArgs: ['--locale=en_US.UTF-8'] };
    case 'odd':
      return { ...bytewise(major), settings: major >= 19 ? ODD : { ...ODD, ...ODD_STRINGS } };
    case 'plain':
      return bytewise(major);
  }
}

/** The builtin provider came with 17: before, the order of bytes is that of C. */
function bytewise(major: number): ServerOptions {
  return major >= 17 ? {} : { localeArgs: ['--locale=C'] };
}

/** What decides how values are printed and read. Every session begins with these. */
const ODD = {
  timezone: 'Asia/Kathmandu',
  datestyle: 'SQL, DMY',
  intervalstyle: 'sql_standard',
  extra_float_digits: '0',
  bytea_output: 'escape',
};

/** From version 19 on strings are read in one way only. */
const ODD_STRINGS = {
  standard_conforming_strings: 'off',
  escape_string_warning: 'off', // a warning for every pattern with a backslash
};

function systemLocales(): string[] {
  return execFileSync('locale', ['-a'], { encoding: 'utf8' }).split('\n');
}
