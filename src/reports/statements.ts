import type { TargetOptions } from './target.js';

/** The commands whose statements can be had before they are sent. */
export type StatementVerb = 'run' | 'sync' | 'cutover' | 'complete' | 'rollback';

/** Options of `statements`. */
export interface StatementsOptions extends TargetOptions {
  /** The command. */
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

/** A statement as a command sends it. */
export interface SentStatement {
  /** As it was sent the first time. */
  readonly text: string;
  /** Places of values that are sent apart, with their types. */
  readonly parameters: readonly {
    /** Its place, such as `$1`. */
    readonly place: string;
    /** Its type, as the statement casts it. */
    readonly type: string;
  }[];
  /** It neither writes, nor changes a setting or a transaction. */
  readonly reads: boolean;
  /** How often it was sent, with other keys, numbers and snapshots. */
  readonly times: number;
  /** What the command was about then; null: its beginning. */
  readonly step: string | null;
}

/** What a command would send. */
export interface StatementsReport {
  /** Name of the database. */
  readonly database: string;
  /** Schema of the tables. */
  readonly schema: string;
  /** The command. */
  readonly verb: StatementVerb;
  /** Version of the server for trials. */
  readonly madeOn: string;
  /** Version of the server of the database. */
  readonly server: string;
  /** In the order in which they were sent first. */
  readonly statements: readonly SentStatement[];
  /** What the real command may send differently, in sentences. */
  readonly caveats: readonly string[];
  /** Time that it took, in seconds. */
  readonly seconds: number;
}
