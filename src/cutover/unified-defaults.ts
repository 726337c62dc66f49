import { ident } from '../db/identifier.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';

/** Statements that let applications write the unified table with the columns that they know: reverse capture did so before. */
export function unifiedDefaults(phase: Phase, targets: Targets): string[] {
  const { computed, defaults, sources } = phase.bound.mapping;
  const values = new Map(Object.entries(defaults));
  const flags = sources.flatMap(({ flag }) => flag ?? []);
  const set = (column: string, value: string) =>
    `alter table ${targets.unified.qualified} alter column ${ident(column)} set default ${value}`;
  return [
    ...computed.flatMap(({ name }) => {
      const value = values.get(name);
      return value === undefined ? [] : [set(name, value)];
    }),
    ...flags.map((flag, index) => set(flag, index === 0 ? 'true' : 'false')),
  ];
}
