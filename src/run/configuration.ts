import { DrydockError } from '../errors.js';
import type { PhaseEntry } from '../ledger/phases.js';
import { LEDGER_VERSION } from '../ledger/schema.js';
import type { Phase } from '../phases/phase.js';

/** Changes whenever a mapping gives other bytes for the same rows. */
const MAPPING_VERSION = 1;

/** What a phase's rows depend on: everything that must not change between two runs that share a ledger. */
interface Configuration {
  readonly ledger: number;
  readonly mapping: number;
  readonly tables: Readonly<
    Record<
      string,
      { readonly schema: string; readonly shape: string; readonly columns: Readonly<Record<string, string>> }
    >
  >;
}

export function configurationOf(phase: Phase): Configuration {
  const tables = phase.bound.sources.map(
    ({ rule, table }) =>
      [
        rule.table,
        {
          schema: table.schema,
          shape: table.shape.name,
          columns: Object.fromEntries(table.columns.map((column) => [column.name, column.type.name])),
        },
      ] as const,
  );
  return { ledger: LEDGER_VERSION, mapping: MAPPING_VERSION, tables: Object.fromEntries(tables) };
}

/** Refuses to go on with a ledger that was written for something else, and says what is different. */
export function requireSameConfiguration(phase: Phase, entry: PhaseEntry): void {
  const then = flatten(JSON.parse(entry.config));
  const now = flatten(configurationOf(phase));
  const changes = [...new Set([...then.keys(), ...now.keys()])]
    .filter((name) => then.get(name) !== now.get(name))
    .map((name) => `${name}: ${then.get(name) ?? 'not there'} -> ${now.get(name) ?? 'not there'}`);
  if (changes.length === 0) return;
  const shown = changes.slice(0, 8).join('; ');
  throw new DrydockError({
    code: 'configuration-changed',
    what: `Phase ${phase.name} was begun with another configuration: ${shown}${changes.length > 8 ? `; and ${changes.length - 8} more` : ''}.`,
    state: 'Nothing was changed; what was loaded before is as it was.',
    next: `Undo the change, or begin anew: drydock rollback --phase ${phase.name}, then run.`,
  });
}

/** Refuses another size of batches: they were cut when the phase was begun. */
export function requireSameBatchSize(entry: PhaseEntry, batchSize: number): void {
  if (batchSize === entry.batchSize) return;
  throw new DrydockError({
    code: 'configuration-changed',
    what: `Phase ${entry.phase} was begun with batches of ${entry.batchSize} rows, not ${batchSize}.`,
    state: 'Nothing was changed; what was loaded before is as it was.',
    next: `Leave --batch-size out, or begin anew: drydock rollback --phase ${entry.phase}, then run.`,
  });
}

function flatten(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[path, String(value)]]);
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [
      ...flatten(inner, path === '' ? key : `${path}.${key}`),
    ]),
  );
}
