import type { UntrustedCode } from './untrusted-code.js';

export const AS_OWNER =
  'Run Drydock as the owner of the legacy tables, or as a role that holds their rights and no more.';

/** What a person should know of code that runs when a table is read. */
export function readingWarning({ table, kind, name, called, coder, runner }: UntrustedCode): string {
  return `The ${kind} ${name} of ${table} has ${called} run with the rights of ${runner} whenever Drydock reads the table, and ${coder} can change it at any time.`;
}
