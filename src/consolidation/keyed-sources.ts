import { qualified } from '../db/identifier.js';
import type { ConsolidationModel } from '../declare/model.js';
import type { BoundPhase } from '../mapping/bind.js';
import type { KeyedSource } from '../mapping/keyed-source.js';
import { type BoundSources, ladderOf, vetoSql } from './keys.js';
import type { MadeThings } from './made-things.js';
import { narrowedThings } from './narrowed.js';
import { ownId } from './same-key.js';
import { type FieldName, fieldsOf } from './sides.js';

/** @param made what its rows are about, of what another consolidation made; left out: nothing of the kind */
export function boundSources(model: ConsolidationModel, bound: BoundPhase, made?: MadeThings): BoundSources {
  return new Map(
    bound.sources.flatMap((source) => {
      const found = model.sources.find(({ table }) => table === source.rule.table);
      return found === undefined ? [] : [[found.table, { model: found, bound: source, made }] as const];
    }),
  );
}

/** Where the rows of each source come from, with their match keys. */
export function keyedSources(model: ConsolidationModel, sources: BoundSources): KeyedSource[] {
  return [...sources.values()].map((source): KeyedSource => {
    const { bound, model: own } = source;
    const { joins, key, dangling, thing } = ladderOf(own.table, 'r', sources);
    const relation = qualified(bound.table.schema, bound.table.name);
    const extracted: Readonly<Record<FieldName, () => string>> = {
      thing: () => thing ?? 'null::uuid',
      ownId: () => ownId(own, 'r'),
      veto: () => vetoSql(model, own, 'r'),
    };
    return {
      source: bound,
      with: '',
      knowing: '',
      names: null,
      joins,
      key,
      // Behind the key; then the gifts.
      extras: [
        ...fieldsOf(model).map((name) => extracted[name]()),
        ...(bound.rule.gifts ?? []).map(({ sql }) => `(select ${sql} from (select r.*) r)`),
      ],
      orphan: dangling,
      narrowed: (wanted) =>
        narrowedThings(source, sources, wanted) ?? {
          with:
            wanted.places === null
              ? `with r as (select x.* from ${relation} x)`
              : `with r as materialized (select x.* from ${relation} x where x.ctid = any (array(${wanted.places})))`,
          joins,
        },
    };
  });
}
