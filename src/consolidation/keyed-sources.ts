import { qualified } from '../db/identifier.js';
import type { ConsolidationModel } from '../declare/model.js';
import type { BoundPhase } from '../mapping/bind.js';
import type { KeyedSource } from '../mapping/keyed-source.js';
import { type BoundSources, ladderOf, ownId, vetoSql } from './keys.js';

export function boundSources(model: ConsolidationModel, bound: BoundPhase): BoundSources {
  return new Map(
    bound.sources.flatMap((source) => {
      const found = model.sources.find(({ table }) => table === source.rule.table);
      return found === undefined ? [] : [[found.table, { model: found, bound: source }] as const];
    }),
  );
}

/** Where the rows of each source come from, with their match keys. */
export function keyedSources(model: ConsolidationModel, bound: BoundPhase): KeyedSource[] {
  const sources = boundSources(model, bound);
  return bound.sources.map((source): KeyedSource => {
    const { joins, key, dangling } = ladderOf(source.rule.table, 'r', sources);
    const own = sources.get(source.rule.table)?.model;
    if (own === undefined) throw new Error(`${source.rule.table} is not declared`);
    const relation = qualified(source.table.schema, source.table.name);
    return {
      source,
      with: '',
      knowing: '',
      names: null,
      joins,
      key,
      // As `FIELDS` of sides.ts names them, behind the key; then the gifts.
      extras: [
        ownId(own, 'r'),
        vetoSql(model, own, 'r'),
        ...(source.rule.gifts ?? []).map(({ sql }) => `(select ${sql} from (select r.*) r)`),
      ],
      orphan: dangling,
      narrowed: ({ places }) => ({
        with:
          places === null
            ? `with r as (select x.* from ${relation} x)`
            : `with r as materialized (select x.* from ${relation} x where x.ctid = any (array(${places})))`,
        joins,
      }),
    };
  });
}
