import type { TargetOptions } from './target.js';

/** The commands whose statements can be had before they are sent. */
export type StatementVerb = 'run' | 'sync' | 'cutover' | 'complete' | 'rollback';

export interface StatementsOptions extends TargetOptions {
  readonly verb: StatementVerb;
  /** Address of a server on which databases may be made and dropped; default: one that Drydock starts itself. */
  readonly scratchUrl?: string | undefined;
  /** Of a run. */
  readonly capture?: boolean | undefined;
  /** Of a completion. */
  readonly dropLegacy?: boolean | undefined;
  /** Of a rollback. */
  readonly drop?: boolean | undefined;
}

export interface SentStatement {
  /** As it was sent the first time. */
  readonly text: string;
  /** Places of values that are sent apart, with their types. */
  readonly parameters: readonly { readonly place: string; readonly type: string }[];
  /** It neither writes, nor changes a setting or a transaction. */
  readonly reads: boolean;
  /** How often it was sent, with other keys, numbers and snapshots. */
  readonly times: number;
  /** What the command was about then; null: its beginning. */
  readonly step: string | null;
}

export interface StatementsReport {
  readonly database: string;
  readonly schema: string;
  readonly verb: StatementVerb;
  /** The version of the server for trials, and of the database. */
  readonly madeOn: string;
  readonly server: string;
  readonly statements: readonly SentStatement[];
  /** What the real command may send differently, in sentences. */
  readonly caveats: readonly string[];
  readonly seconds: number;
}
