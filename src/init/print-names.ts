import type { ColumnProposal } from './columns.js';
import type { KeyWithHubs } from './propose.js';

/** How the parts of a declaration are called in its file. */
export interface Names {
  /** Of sources and their rows' types, by table. */
  readonly sources: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<string, string>;
  readonly keys: ReadonlyMap<KeyWithHubs, string>;
  readonly words: ReadonlyMap<ColumnProposal, string>;
  /** The schema that commands take where nobody names one. */
  readonly schema: string;
}
