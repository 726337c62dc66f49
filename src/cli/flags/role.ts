import type { Flag } from './flag.js';

/** Roles, one each time the flag is given. */
export const roles: Flag<readonly string[] | undefined> = (given, refuse) => {
  if (given === undefined) return undefined;
  const names = (given as readonly unknown[]).map(String);
  return names.includes('') ? refuse('--accept-owner wants the name of a role.') : names;
};
