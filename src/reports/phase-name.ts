/** The name of a consolidation, or of what is built on them, as the project names it. */
export type PhaseName = string;
