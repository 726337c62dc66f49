import type { LegacyDatabase, LegacyTable } from '../../legacy/detect.js';
import type { UsageTable } from '../enhancements/llm-usage.js';
import type { LegacyTableName } from '../tables.js';
import type { LegacyAssessments } from './legacy/assessments.js';
import type { LegacyIdeas } from './legacy/ideas.js';

/** What the questions are built from. */
export interface Forms {
  readonly legacy: LegacyDatabase;
  /** Null where the tables that they stand on are not there. */
  readonly ideas: LegacyIdeas | null;
  /** The same with their functions. */
  readonly functions: LegacyIdeas | null;
  readonly assessments: LegacyAssessments;
  /** Qualified names. */
  readonly tables: {
    readonly unified: string;
    readonly duplicates: string;
    readonly assessments: string;
  };
  /** Tables that say what language models cost. */
  readonly usage: readonly UsageTable[];
  /** Name -> qualified name of the materialized views that are there and filled. */
  readonly materialized: ReadonlyMap<string, string>;
}

/** Some legacy tables by name; null when one of them is missing. */
export function needed<Name extends LegacyTableName>(
  { legacy }: Forms,
  ...names: readonly Name[]
): Readonly<Record<Name, LegacyTable>> | null {
  const found = names.flatMap((name) => {
    const table = legacy.tables.get(name);
    return table === undefined ? [] : [[name, table] as const];
  });
  return found.length < names.length
    ? null
    : (Object.fromEntries(found) as unknown as Readonly<Record<Name, LegacyTable>>);
}
