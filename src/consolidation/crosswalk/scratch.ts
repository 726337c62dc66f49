import { generatedName } from '../../db/identifier.js';

/** Temporary tables of a consolidation: ids that rows name, bare or uuids; and what is known of those that are named. */
export interface CrosswalkScratch {
  readonly named: string;
  /** The relation `s` of the key queries, cut down to them. */
  readonly known: string;
}

export function scratchOf({ name }: { readonly name: string }): CrosswalkScratch {
  const table = (what: string) => `pg_temp.${generatedName('drydock', what, name.replaceAll('-', '_'))}`;
  return { named: table('named'), known: table('known') };
}
