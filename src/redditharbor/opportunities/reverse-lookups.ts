import { generatedName, ident, qualified } from '../../db/identifier.js';
import { asUuid, rawText } from '../../keys/raw-id.js';
import { columnOf } from '../../legacy/catalog.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import { FUNCTIONS_SCHEMA } from '../../legacy/moved.js';
import type { BoundSource } from '../../mapping/bind.js';
import { withClause } from '../../mapping/candidates.js';
import type { Lookup } from '../../mapping/reverse.js';
import { bareId } from '../bare-id.js';
import { opportunityKey, rawIdKey } from './keys.js';
import { submissionPointers } from './pointers.js';
import { redditId, submissionsOf } from './submissions.js';

/**
 * What a direct write asks of `submissions`. Which key a merge will give to its legacy rows is found by the very SQL that a
 * merge goes by: one that was worked out in another way would be another one sooner or later. A submission may share its
 * Reddit id with an older one, and a raw id may name one without its uuid.
 */
export interface ReverseLookups {
  readonly all: readonly Lookup[];
  /** FROM item `s`: whether a submission is there by its uuid, as `known`, and its `rid` and `title`. */
  submission(uuid: string): string;
  /** FROM item `k`: `found_key`, `found_known`, `found_rid` and `found_title` of an `opportunities` row. */
  opportunity(source: BoundSource, pointer: string, raw: string, id: string): string;
  /** The key of a row that names its submission by a raw id. */
  rawKey(source: BoundSource, column: string, raw: string, id: string): string;
}

export function reverseLookups(legacy: LegacyDatabase): ReverseLookups {
  const table = legacy.tables.get('submissions');
  const all = new Map<string, Lookup>();
  /** Calls a function of the table's owner; without the table there is nothing of his to read. */
  const called = (
    what: readonly string[],
    lookup: Omit<Lookup, 'table' | 'name'>,
    values: readonly string[],
    inline: string,
  ) => {
    if (table === undefined) return inline;
    const name = generatedName(...what, legacy.schema, table.name);
    all.set(name, { table, name, ...lookup });
    return `${qualified(FUNCTIONS_SCHEMA, name)}(${values.join(', ')})`;
  };
  const reaching = (row: string, names: string) => withClause([row, ...submissionsOf(table).reached(names)]);
  return {
    get all() {
      return [...all.values()];
    },
    submission(uuid) {
      const nobody = '(select false as known, null::text as rid, null::text as title)';
      if (table === undefined) return `${nobody} s`;
      const id = asUuid('b.id', columnOf(table, 'id')?.type.kind ?? '');
      const rid = bareId(rawText(`b.${ident(redditId(table))}`));
      const lookup = {
        args: 'wanted uuid, out known boolean, out rid text, out title text',
        returns: 'record',
        body: `begin select ${rid}, b.title::text into rid, title from ${qualified(table.schema, table.name)} b where ${id} = wanted; known := found; end`,
      };
      return `${called(['submission'], lookup, [uuid], nobody)} s`;
    },
    opportunity(source, pointer, raw, id) {
      const { joins, key, known, names } = opportunityKey(source.table, 'o');
      const [uuid] = submissionPointers(source.table).filter(
        (name) => columnOf(source.table, name) !== undefined,
      );
      const query = (values: readonly [string, string, string]) => {
        const columns = [
          ...(uuid === undefined ? [] : [`${values[0]} as ${ident(uuid)}`]),
          `${values[1]} as opportunity_id`,
          `${values[2]} as id`,
        ];
        const row = `o as materialized (select ${columns.join(', ')})`;
        return (
          `(${reaching(row, names('o'))} select ${key} as found_key, ${known} as found_known, ` +
          `coalesce(s.rid, t.rid) as found_rid, coalesce(s.title, t.title) as found_title from o ${joins})`
        );
      };
      const lookup = {
        args: 'v_pointer uuid, v_raw text, v_id uuid, out found_key uuid, out found_known uuid, out found_rid text, out found_title text',
        returns: 'record',
        body: `begin select k.found_key, k.found_known, k.found_rid, k.found_title into found_key, found_known, found_rid, found_title from ${query(['v_pointer', 'v_raw', 'v_id'])} k; end`,
      };
      const values = [pointer, raw, id] as const;
      return `${called(['opportunity_key'], lookup, values, query(values))} k`;
    },
    rawKey(source, column, raw, id) {
      const { joins, key, names } = rawIdKey(source, column);
      const hasId = columnOf(source.table, 'id') !== undefined;
      const query = (values: readonly [string, string]) => {
        const row = `r as materialized (select ${values[0]} as ${ident(column)}${hasId ? `, ${values[1]} as id` : ''})`;
        return `(${reaching(row, names('r'))} select ${key} as found_key from r ${joins})`;
      };
      const lookup = {
        args: 'v_raw text, v_id uuid',
        returns: 'uuid',
        body: `begin return ${query(['v_raw', 'v_id'])}; end`,
      };
      return called(['raw_key', source.rule.table], lookup, [raw, id], query([raw, id]));
    },
  };
}
