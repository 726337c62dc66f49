import type { TableDefinition } from './catalog/document.js';
import type { Place } from './catalog/place.js';
import { createPolicy } from './catalog/render-tables.js';
import type { Builder } from './restore-objects.js';

/**
 * Makes a table's policies, but those of roles that are not there, and those that name tables that are not there. Of the
 * latter only what permits something: without what restricts, more could be seen than before, and that is refused.
 */
export async function makePolicies(
  builder: Builder,
  table: TableDefinition,
  place: Place,
  roles: ReadonlySet<string>,
): Promise<void> {
  for (const policy of table.policies) {
    const left = `Policy ${policy.name} of ${table.name} was left out:`;
    const missing = policy.roles.filter((role) => role !== null && !roles.has(role));
    if (missing.length > 0) {
      builder.warnings.push(`${left} there is no role ${missing.join(', ')}.`);
      continue;
    }
    const [create = '', ...comments] = createPolicy(table, policy, place);
    const mayMiss = policy.namesOthers && policy.permissive;
    const state = mayMiss ? await builder.attempt(create) : undefined;
    if (state === '42P01' || state === '3F000') {
      builder.warnings.push(`${left} it names a table or view that is not there.`);
      continue;
    }
    const isMade = mayMiss && state === undefined;
    await builder.run(isMade ? comments : [create, ...comments]);
  }
}
