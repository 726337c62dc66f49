import { generatedName, qualified } from '../../db/identifier.js';
import { LEDGER_SCHEMA } from '../../ledger/schema.js';
import type { ReverseRules } from '../../mapping/reverse.js';
import type { Target } from '../../mapping/targets.js';

/**
 * Two sessions that write one merge key directly at the same time must meet: neither sees the row of the other, and the next
 * merge would make one row of both. So each touches the row of that key in a small table of ours before it looks whether the
 * key is taken. The second one waits there; then it sees the first one's row and is refused, or its snapshot is too old to
 * see it and it fails to serialize (40001). A lock alone would not do: it says nothing to a snapshot. The row stays,
 * because an older snapshot may still come.
 */
export interface KeyTouch {
  /** A statement that makes the table. */
  readonly table: string;
  /** plpgsql of a trigger for rows, which comes after the one that finds the key. */
  readonly body: string;
}

type TableId = Pick<Target, 'schema' | 'name'>;

function keyTable({ schema, name }: TableId): string {
  return qualified(LEDGER_SCHEMA, generatedName('written_keys', schema, name));
}

export function keyTouch(unified: Target, rules: ReverseRules): KeyTouch {
  const table = keyTable(unified);
  const taken = `exists (select from ${unified.qualified} u where u.merge_key = new.merge_key and u.id <> new.id)`;
  // An insert of an id that is there goes on to its own conflict.
  const isThere = `exists (select from ${unified.qualified} u where u.id = new.id)`;
  return {
    table: `create table if not exists ${table} (merge_key uuid primary key)`,
    body: [
      'begin',
      `if tg_op = 'UPDATE' and new.merge_key is not distinct from old.merge_key then return new; end if;`,
      `insert into ${table} as k (merge_key) values (new.merge_key) on conflict (merge_key) do update set merge_key = excluded.merge_key;`,
      `if ${taken} and (tg_op = 'UPDATE' or not ${isThere}) then ${rules.taken} end if;`,
      'return new;',
      'end',
    ].join('\n'),
  };
}

/** A statement that takes the table away. */
export function dropKeyTable(unified: TableId): string {
  return `drop table if exists ${keyTable(unified)}`;
}
