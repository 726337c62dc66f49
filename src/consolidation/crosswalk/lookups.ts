import { generatedName, ident, qualified } from '../../db/identifier.js';
import type { ConsolidationModel } from '../../declare/model.js';
import { asUuid, rawText } from '../../keys/raw-id.js';
import { columnOf } from '../../legacy/catalog.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import { FUNCTIONS_SCHEMA } from '../../legacy/moved.js';
import type { BoundSource } from '../../mapping/bind.js';
import { withClause } from '../../mapping/candidates.js';
import type { Lookup } from '../../mapping/reverse.js';
import { aliasOf, knownIn, valueName } from './crosswalk.js';
import { declaredOf, idOf, namingOf, resolvedKey } from './keys.js';

/**
 * What a direct write asks of the crosswalk. Which key a merge will give to its legacy rows is found by the very SQL that a
 * merge goes by: one that was worked out in another way would be another one sooner or later. A row of the crosswalk may share
 * its alias with an older one, and a raw id may name one without its uuid.
 */
export interface CrosswalkLookups {
  readonly all: readonly Lookup[];
  /** Columns of the crosswalk that are looked up as texts. */
  readonly texts: readonly string[];
  /** FROM item `s`: whether a row is there by its uuid, as `known`, and its `rid` and texts. */
  row(uuid: string): string;
  /** FROM item `k`: `found_key`, `found_known`, `found_rid` and the texts of a row of the source that keeps its id. */
  lead(
    source: BoundSource,
    values: { readonly pointer: string; readonly raw: string; readonly id: string },
  ): string;
  /** The key of a row that names its row by a raw id. */
  rawKey(source: BoundSource, column: string, values: { readonly raw: string; readonly id: string }): string;
}

/** @param model as it is found */
export function crosswalkLookups(model: ConsolidationModel, legacy: LegacyDatabase): CrosswalkLookups {
  const known = knownIn(model, legacy);
  const { table, spellings } = known;
  const texts = known.columns.filter(({ type }) => type === 'text').map(({ name }) => name);
  const all = new Map<string, Lookup>();
  /** Calls a function of the table's owner; without the table there is nothing of his to read. */
  const called = (
    what: readonly string[],
    lookup: Omit<Lookup, 'table' | 'name'>,
    { values, inline }: { readonly values: readonly string[]; readonly inline: string },
  ) => {
    if (table === undefined) return inline;
    const name = generatedName(...what, legacy.schema, table.name);
    all.set(name, { table, name, ...lookup });
    return `${qualified(FUNCTIONS_SCHEMA, name)}(${values.join(', ')})`;
  };
  const reaching = (row: string, names: string) => withClause([row, ...known.reached(names)]);
  const outs = (prefix: string) => texts.map((name) => `, out ${ident(prefix + name)} text`).join('');
  const listed = (names: readonly string[]) => names.map((name) => `, ${name}`).join('');
  return {
    texts,
    get all() {
      return [...all.values()];
    },
    row(uuid) {
      const none = texts.map((name) => `, null::text as ${valueName(name)}`).join('');
      const nobody = `(select false as known, null::text as rid${none})`;
      if (table === undefined) return `${nobody} s`;
      const id = asUuid(`b.${ident(known.model.id)}`, columnOf(table, known.model.id)?.type.kind ?? '');
      const rid = spellings.bare(rawText(`b.${ident(aliasOf(known.model, table))}`));
      const values = texts.map((name) => `b.${ident(name)}::text`);
      const lookup = {
        args: `wanted uuid, out known boolean, out rid text${outs('')}`,
        returns: 'record',
        body: `begin select ${rid}${listed(values)} into rid${listed(texts.map(ident))} from ${qualified(table.schema, table.name)} b where ${id} = wanted; known := found; end`,
      };
      return `${called(['crosswalk', model.name], lookup, { values: [uuid], inline: nobody })} s`;
    },
    lead(source, { pointer, raw, id }) {
      const own = declaredOf(model, source);
      const step = own.match[0];
      if (step?.kind !== 'resolve') throw new Error(`rows of ${own.table} are not resolved`);
      const resolving = { model: own, table: source.table, step, isLead: true };
      const { joins, key, known: canon, names } = resolvedKey(resolving, known, 'o');
      const { pointer: uuid, raw: alias } = namingOf(resolving);
      const found = texts.map((name) => `found_${name}`);
      const query = (values: readonly [string, string, string]) => {
        const columns = [
          ...(uuid === undefined ? [] : [`${values[0]} as ${ident(uuid)}`]),
          ...(alias === undefined ? [] : [`${values[1]} as ${ident(alias)}`]),
          `${values[2]} as ${ident(idOf(own))}`,
        ];
        const row = `o as materialized (select ${columns.join(', ')})`;
        const read = texts.map(
          (name, at) =>
            `coalesce(s.${valueName(name)}, t.${valueName(name)}) as ${ident(found[at] as string)}`,
        );
        return (
          `(${reaching(row, names('o'))} select ${key} as found_key, ${canon} as found_known, ` +
          `coalesce(s.rid, t.rid) as found_rid${listed(read)} from o ${joins})`
        );
      };
      const lookup = {
        args: `v_pointer uuid, v_raw text, v_id uuid, out found_key uuid, out found_known uuid, out found_rid text${outs('found_')}`,
        returns: 'record',
        body: `begin select k.found_key, k.found_known, k.found_rid${listed(found.map((name) => `k.${ident(name)}`))} into found_key, found_known, found_rid${listed(found.map(ident))} from ${query(['v_pointer', 'v_raw', 'v_id'])} k; end`,
      };
      const values = [pointer, raw, id] as const;
      return `${called(['key', own.table], lookup, { values, inline: query(values) })} k`;
    },
    rawKey(source, column, { raw, id }) {
      const own = declaredOf(model, source);
      const step = own.match[0];
      if (step?.kind !== 'resolve') throw new Error(`rows of ${own.table} are not resolved`);
      const { joins, key, names } = resolvedKey(
        { model: own, table: source.table, step, isLead: false },
        known,
        'r',
      );
      const hasId = columnOf(source.table, idOf(own)) !== undefined;
      const query = (values: readonly [string, string]) => {
        const itself = hasId ? `, ${values[1]} as ${ident(idOf(own))}` : '';
        const row = `r as materialized (select ${values[0]} as ${ident(column)}${itself})`;
        return `(${reaching(row, names('r'))} select ${key} as found_key from r ${joins})`;
      };
      const lookup = {
        args: 'v_raw text, v_id uuid',
        returns: 'uuid',
        body: `begin return ${query(['v_raw', 'v_id'])}; end`,
      };
      const values = [raw, id] as const;
      return called(['raw_key', own.table], lookup, { values, inline: query(values) });
    },
  };
}
