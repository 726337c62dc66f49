import { ident } from '../db/identifier.js';
import type { Phase } from '../mapping/phase.js';
import type { Targets } from '../mapping/targets.js';

/** What a new row gets by itself where the unified table stands on its own. */
const DEFAULTS: Readonly<Record<string, string>> = {
  id: 'gen_random_uuid()',
  merge_key: 'gen_random_uuid()',
  created_at: 'now()',
  updated_at: 'now()',
  validation_count: '0',
  component_count: '0',
  assessment_method: `'SCORED'`,
  status: `'discovered'`,
};

/** Statements that let applications write the unified table with the columns that they know: reverse capture did so before. */
export function unifiedDefaults(phase: Phase, targets: Targets): string[] {
  const flags = phase.bound.mapping.sources.flatMap(({ flag }) => flag ?? []);
  const set = (column: string, value: string) =>
    `alter table ${targets.unified.qualified} alter column ${ident(column)} set default ${value}`;
  return [
    ...phase.bound.mapping.computed.flatMap(({ name }) => {
      const value = DEFAULTS[name];
      return value === undefined ? [] : [set(name, value)];
    }),
    ...flags.map((flag, index) => set(flag, index === 0 ? 'true' : 'false')),
  ];
}
