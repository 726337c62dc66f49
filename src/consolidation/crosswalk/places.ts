import { ident } from '../../db/identifier.js';
import type { ConsolidationModel, SourceModel } from '../../declare/model.js';
import type { BoundPhase, BoundSource } from '../../mapping/bind.js';
import { ownTarget } from '../../mapping/tables.js';
import { declaredOf } from './keys.js';

/** A legacy column that has one of its own in the unified table. */
export interface Place {
  /** Its legacy name. */
  readonly name: string;
  /** Its name in the unified table. */
  readonly target: string;
  /** Where a row of the unified table has it: `new.…` and `old.…`. */
  readonly now: string;
  readonly before: string;
  /** The kind of its legacy type. */
  readonly kind: string;
}

/** A source beside the one whose id a unified row has, and what its rows name. */
export interface OtherPlace {
  readonly source: BoundSource;
  /** SQL: whether a row has this source, without the row's name. */
  readonly flag: string;
  readonly key: Place | undefined;
  /** Whether they name a row of the first source by its id. */
  readonly points: boolean;
  /** The prefix with which an alias is written there. */
  readonly written: string;
}

/** Where the unified row keeps what names its row of the crosswalk. */
export interface Places {
  readonly model: SourceModel;
  readonly lead: BoundSource | undefined;
  readonly flag: string;
  readonly pointer: Place | undefined;
  readonly alias: (Place & { readonly written: string }) | undefined;
  readonly others: readonly OtherPlace[];
  /** The flags of all other sources, whether or not they are in the database. */
  readonly otherFlags: readonly string[];
}

export function placeOf(source: BoundSource | undefined, name: string): Place | undefined {
  const found = source?.columns.find((column) => column.name === name && column.home.kind === 'own');
  if (found === undefined) return undefined;
  const target = ownTarget(found);
  return { name, target, now: `new.${ident(target)}`, before: `old.${ident(target)}`, kind: found.type.kind };
}

/** Of a table that is not in the database. */
const NOWHERE = { ids: [], alias: null, written: '' } as const;

/** @param model as it is found */
export function placesOfKeys(model: ConsolidationModel, bound: BoundPhase): Places {
  const declared = leadOf(model);
  const lead = bound.sources.find(({ rule }) => rule.table === declared.table);
  const [step] = declared.match;
  const { ids, alias: name, written } = step?.kind === 'resolve' ? step : NOWHERE;
  const alias = name === null ? undefined : placeOf(lead, name);
  return {
    model: declared,
    lead,
    flag: ident(declared.flag),
    pointer: ids.map((id) => placeOf(lead, id)).find(Boolean),
    alias: alias === undefined ? undefined : { ...alias, written },
    otherFlags: model.sources.filter((source) => source !== declared).map(({ flag }) => ident(flag)),
    others: bound.sources.filter((source) => source !== lead).map((source) => otherPlace(model, source)),
  };
}

/** The source whose identity is the id of a unified row. */
export function leadOf({ sources, ids, name }: ConsolidationModel): SourceModel {
  const lead = sources.find(({ table }) => table === ids?.table);
  if (lead === undefined) throw new Error(`no source of ${name} keeps its id`);
  return lead;
}

function otherPlace(model: ConsolidationModel, source: BoundSource): OtherPlace {
  const declared = declaredOf(model, source);
  const step = declared.match[0];
  const base = { source, flag: ident(declared.flag) };
  if (step?.kind === 'via')
    return { ...base, key: placeOf(source, step.columns[0] as string), points: true, written: '' };
  if (step?.kind !== 'resolve' || step.alias === null)
    throw new Error(`rows of ${declared.table} name nothing by an alias`);
  return { ...base, key: placeOf(source, step.alias), points: false, written: step.written };
}
