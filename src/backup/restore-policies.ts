import type { TableDefinition } from './catalog/document.js';
import type { Place } from './catalog/place.js';
import { createPolicy } from './catalog/render-tables.js';

/** What makes them, and hears of what was left out. */
interface Making {
  readonly warnings: string[];
  /** Each statement has to be taken. */
  run(statements: readonly string[]): Promise<void>;
  /** Returns the SQLSTATE of the statement's error. */
  attempt(statement: string): Promise<string | undefined>;
}

/**
 * Makes a table's policies for the roles that are there, but those that name tables that are not there. Of these only what
 * permits something: without what restricts, more could be seen than before, and that is refused.
 */
export async function makePolicies(
  builder: Making,
  table: TableDefinition,
  place: Place,
  roles: ReadonlySet<string>,
): Promise<void> {
  for (const policy of table.policies) {
    const named = `Policy ${policy.name} of ${table.name} was left out`;
    const isThere = (role: string | null) => role === null || roles.has(role);
    const known = policy.roles.filter(isThere);
    if (known.length < policy.roles.length) {
      const missing = policy.roles.filter((role) => !isThere(role)).join(', ');
      builder.warnings.push(
        `${named}${known.length === 0 ? '' : ' for a part'}: there is no role ${missing}.`,
      );
      if (known.length === 0) continue;
    }
    const [create = '', ...comments] = createPolicy(table, { ...policy, roles: known }, place);
    const state = policy.permissive ? await builder.attempt(create) : undefined;
    if (state === '42P01' || state === '3F000') {
      builder.warnings.push(`${named}: it names a table or view that is not there.`);
      continue;
    }
    const isMade = policy.permissive && state === undefined;
    await builder.run(isMade ? comments : [create, ...comments]);
  }
}
