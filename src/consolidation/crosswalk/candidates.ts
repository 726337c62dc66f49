import { ident, qualified } from '../../db/identifier.js';
import { hashOfUnknown, rawText } from '../../keys/raw-id.js';
import type { LegacyTable } from '../../legacy/detect.js';
import { givesNoUuid, isWantedById, textIsIn, uuidIsIn, uuidIsWanted } from '../../mapping/candidates.js';
import type { Wanted } from '../../mapping/wanted.js';
import type { Known } from './crosswalk.js';

/**
 * Which rows can have a wanted merge key, told from the rows themselves and from `wanted_rids` and `other_ids` of
 * `crosswalk.ts`. A key is the canonical uuid of the crosswalk's row that a row names, by its uuid or by its alias;
 * else that uuid itself, or one made of the alias; else one of the row's own. So a row of a wanted key names a wanted
 * uuid, or one that shares its alias with a wanted one, or the alias of a wanted one; or an unknown
 * id whose key is wanted; or it names nothing, and is itself wanted.
 */
export interface FoundNaming {
  /** Columns by which rows of the table name one of the crosswalk: by uuid, and by raw id. */
  readonly pointer?: string | undefined;
  readonly raw?: string | undefined;
  /** By which rows of the table are told apart. */
  readonly id: string;
  /** Whether raw ids nearly always come without a prefix. */
  readonly usuallyBare?: boolean;
}

/** Conditions on rows `alias`, of which one holds for each row of a wanted key. */
export function mayBeWanted(
  {
    table,
    alias,
    naming,
  }: { readonly table: LegacyTable; readonly alias: string; readonly naming: FoundNaming },
  known: Known,
  wanted: Wanted,
): string[] {
  const { pointer, raw } = naming;
  return [
    ...(pointer === undefined
      ? []
      : [
          uuidIsWanted(table, alias, pointer, wanted),
          uuidIsIn(table, alias, pointer, 'select id from other_ids'),
        ]),
    ...(raw === undefined ? [] : rawIsWanted({ table, alias, naming: { ...naming, raw } }, known, wanted)),
    ...isWantedById(
      table,
      { alias, id: naming.id },
      [
        ...(pointer === undefined ? [] : [givesNoUuid(table, alias, pointer)]),
        ...(raw === undefined ? [] : [`${alias}.${ident(raw)} is null`]),
      ],
      wanted,
    ),
  ];
}

type RawNaming = FoundNaming & { readonly raw: string };

function rawIsWanted(
  {
    table,
    alias,
    naming,
  }: { readonly table: LegacyTable; readonly alias: string; readonly naming: RawNaming },
  known: Known,
  wanted: Wanted,
): string[] {
  const isIn = (query: string) => textIsIn(table, alias, naming.raw, query);
  return [
    isIn(known.spellings.every('select rid from wanted_rids')),
    ...(wanted.scan === null ? [] : [isIn(scanned(table, naming, known, wanted.scan))]),
  ];
}

/**
 * A query for raw ids that no index finds: unknown ones, whose key nobody knows before it is made, and uuids in
 * whichever case. It reads one column of all rows; a row that names one of the crosswalk by uuid is not looked at, because
 * its raw id counts only where it is an alias. Made for millions: ids that are known as they are written are left
 * out first, by merging two indexes (0.2 s of processor time instead of 0.35 s for 180,000 rows), `offset 0` has each
 * expression worked out once, and what looks like a uuid is compared as text. Of what is left, most ids behind a prefix
 * are known: looked up by index, which costs less than to fetch their rows and find that they have another key.
 */
function scanned(
  table: LegacyTable,
  { pointer, raw, usuallyBare }: RawNaming,
  known: Known,
  { mayBeUnknown, mayBeUuid }: NonNullable<Wanted['scan']>,
): string {
  const text = rawText(`r.${ident(raw)}`);
  const unpointed = pointer === undefined ? 'true' : givesNoUuid(table, 'r', pointer);
  const isKnown = usuallyBare === true ? known.knowsAsWritten(table, raw) : 'false';
  const ids = `select ${text} as raw, ${known.spellings.bare(text)} as rid from ${qualified(table.schema, table.name)} r where ${unpointed} and not ${isKnown} offset 0`;
  const hashes = `select k.raw, k.rid, case when length(k.rid) = 36 then lower(k.rid) end as uuid, ${hashOfUnknown('k.rid')} as hash from (${ids}) k offset 0`;
  const found = `select x.raw, x.rid from (${hashes}) x where ${mayBeUnknown('x.hash')} or ${mayBeUuid('x.uuid')} or x.uuid = any (array(select id::text from other_ids))`;
  return `with x as materialized (${found}) select x.raw from x where not exists (select from (${known.knownOf('select rid from x')}) y where y.rid = x.rid)`;
}
