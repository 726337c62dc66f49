import type { TableRule } from '../legacy/table-rule.js';
import type { PhaseDefinition } from '../mapping/phase.js';
import type { DerivedDefinition } from './derived.js';
import type { QuestionsDefinition } from './questions.js';

/**
 * What is restructured: the tables, the consolidations over them, and what is built on them. A value of this is all that
 * the engine knows of anybody's schema.
 */
export interface Project {
  /** For messages. */
  readonly name: string;
  /** Every table that a consolidation reads: its sources and its crosswalks, in the order in which a plan lists them. */
  readonly tables: readonly TableRule[];
  /** In the order in which they run; the later ones may name rows of the earlier ones. */
  readonly consolidations: readonly PhaseDefinition[];
  /** A last phase, of what is built on the unified tables; null: there is none. */
  readonly derived: DerivedDefinition | null;
  /** What `bench` asks; null: look-ups that follow from the consolidations. */
  readonly questions: QuestionsDefinition | null;
}

/** The names of all phases, in the order in which they run. */
export function phasesOf({ consolidations, derived }: Project): readonly string[] {
  return [...consolidations.map(({ name }) => name), ...(derived === null ? [] : [derived.name])];
}

/** The consolidations among some phases, in the order in which they run. */
export function consolidationsOf(
  { consolidations }: Project,
  names: readonly string[],
): readonly PhaseDefinition[] {
  return consolidations.filter(({ name }) => names.includes(name));
}

/** The phases that may stand on a phase. */
export function laterPhases(project: Project, name: string): readonly string[] {
  const names = phasesOf(project);
  return names.slice(names.indexOf(name) + 1);
}

/** The later ones among the consolidations. */
export function laterConsolidations(project: Project, name: string): readonly PhaseDefinition[] {
  return consolidationsOf(project, laterPhases(project, name));
}

/** The tables that a consolidation makes in a schema, by name: whether they are there is for others to find out. */
export function tablesMadeBy(
  { project, schema }: { readonly project: Project; readonly schema: string },
  phase: string,
): readonly { readonly schema: string; readonly name: string }[] {
  return consolidationsOf(project, [phase]).flatMap(({ mapping }) =>
    [mapping.unified, mapping.folded].map((name) => ({ schema, name })),
  );
}
