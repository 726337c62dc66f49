import { ident, qualified } from '../../db/identifier.js';
import { bareId, rawText, spellingsOf, uuidFromText } from '../../keys/raw-id.js';
import type { LegacyTable } from '../../legacy/detect.js';
import {
  anyOf,
  givesNoUuid,
  itselfIsWanted,
  textIsIn,
  uuidIsIn,
  uuidIsWanted,
} from '../../mapping/candidates.js';
import type { Wanted } from '../../mapping/wanted.js';

/**
 * Which rows can have a wanted merge key, told from the rows themselves and from `wanted_rids` and `other_ids` of
 * `submissions.ts`. A key is the canonical uuid of the submission that a row names, by its uuid or by its Reddit id;
 * else that uuid itself, or one made of the id; else one of the row's own. So a row of a wanted key names a wanted
 * uuid, or a submission that shares its Reddit id with a wanted one, or the Reddit id of a wanted one; or an unknown
 * id whose key is wanted; or it names nothing, and is itself wanted.
 */
export interface Naming {
  /** Columns by which rows of the table name a submission: by uuid, and by raw id. */
  readonly pointer?: string | undefined;
  readonly raw?: string | undefined;
}

/** A condition on rows `alias`. */
export function mayBeWanted(table: LegacyTable, alias: string, naming: Naming, wanted: Wanted): string {
  const { pointer, raw } = naming;
  return anyOf([
    ...(pointer === undefined
      ? []
      : [
          uuidIsWanted(table, alias, pointer, wanted),
          uuidIsIn(table, alias, pointer, 'select id from other_ids'),
        ]),
    ...(raw === undefined ? [] : rawIsWanted(table, alias, raw, pointer, wanted)),
    itselfIsWanted(
      table,
      alias,
      [
        ...(pointer === undefined ? [] : [givesNoUuid(table, alias, pointer)]),
        ...(raw === undefined ? [] : [`${alias}.${ident(raw)} is null`]),
      ],
      wanted,
    ),
  ]);
}

function rawIsWanted(
  table: LegacyTable,
  alias: string,
  raw: string,
  pointer: string | undefined,
  wanted: Wanted,
): (string | null)[] {
  const uuids = wanted.textsOfUuids('select id from other_ids');
  return [
    textIsIn(table, alias, raw, spellingsOf('select rid from wanted_rids')),
    uuids === null ? null : textIsIn(table, alias, raw, uuids),
    wanted.scan === null ? null : textIsIn(table, alias, raw, scanned(table, raw, pointer, wanted)),
  ];
}

/**
 * A query for raw ids that no index finds: unknown ones, whose key nobody knows before it is made, and uuids in
 * whichever case. It reads one column of all rows; a row that names a submission by uuid is not looked at, because
 * its raw id counts only where it is a Reddit id.
 */
function scanned(table: LegacyTable, raw: string, pointer: string | undefined, wanted: Wanted): string {
  const text = rawText(`r.${ident(raw)}`);
  const uuid = uuidFromText('x.rid');
  const of = pointer === undefined ? '' : `where ${givesNoUuid(table, 'r', pointer)}`;
  return `select x.raw from (select ${text} as raw, ${bareId(text)} as rid from ${qualified(table.schema, table.name)} r ${of} offset 0) x
    where case when ${uuid} is not null then ${wanted.isUuid(uuid)} or ${uuid} in (select id from other_ids) else ${wanted.scan?.('x.rid') ?? 'false'} end`;
}
