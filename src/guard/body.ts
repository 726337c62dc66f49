import { ident, literal, qualified } from '../db/identifier.js';
import type { ForeignKeySpec } from '../mapping/index-spec.js';
import { refuse } from '../mapping/reverse.js';
import type { Target } from '../mapping/targets.js';

/**
 * plpgsql that refuses a direct write before the cutover. What a foreign key of the table does by itself goes through. It is
 * known by the row that it names: that row is gone, and nothing else changed. The depth of triggers says nothing, because an
 * application's trigger may write the table in the middle of such a delete.
 */
export function guardBody({ name }: Target, keys: readonly ForeignKeySpec[]): string {
  return [
    'begin',
    // Rows of a publisher come from a Drydock at work there; to refuse them would stop the subscription.
    'if exists (select from pg_stat_subscription s where s.pid = pg_backend_pid()) then return null; end if;',
    ...keys.flatMap(foreignKeyActions),
    refuse(
      'guard',
      `${name} is made from the legacy tables until the cutover: what is written to it directly would be overwritten.`,
      'Write the legacy tables, whose changes are carried over; or write this table after drydock cutover.',
      'object_not_in_prerequisite_state',
    ),
    'end',
  ].join('\n');
}

function foreignKeyActions({ column, references, onDelete }: ForeignKeySpec): string[] {
  const parent = qualified(references.schema, references.table);
  const named = `old.${ident(column)}`;
  const isGone = `not exists (select from ${parent} p where p.${ident(references.column)} = ${named})`;
  const action =
    onDelete === 'cascade'
      ? { event: 'DELETE', looksSo: `${named} is not null`, alone: 'return null;' }
      : {
          event: 'UPDATE',
          looksSo: `${named} is not null and new.${ident(column)} is null`,
          alone: `${named} := null; if old *= new then return null; end if;`,
        };
  return [
    `if tg_op = '${action.event}' then`,
    `if ${action.looksSo} then`,
    `if ${isGone} then ${action.alone} end if;`,
    'end if;',
    // TRUNCATE ... CASCADE of the parent takes this table along: this very transaction has locked it, and it is empty.
    `elsif tg_op = 'TRUNCATE' then`,
    `if exists (select from pg_locks l where l.pid = pg_backend_pid() and l.relation = ${literal(parent)}::regclass and l.mode = 'AccessExclusiveLock' and l.granted) then`,
    `if not exists (select from ${parent}) then return null; end if;`,
    'end if;',
    'end if;',
  ];
}
