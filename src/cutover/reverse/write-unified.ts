import { ident } from '../../db/identifier.js';
import type { BoundColumn } from '../../mapping/mapping.js';
import { fromUnified } from '../../mapping/restore.js';
import type { Targets } from '../../mapping/targets.js';
import { flagOf, type LegacySide } from './legacy-columns.js';
import { deleteRows, insertRows, updateRows } from './statements.js';

/** An SQL list of the phases that stand on this one, whose rows may belong to other ones now. */
const tell = (phaseIds: readonly number[], rows: string) =>
  phaseIds.map(
    (phaseId) =>
      `insert into drydock.changes (phase_id, operation, merge_key) select ${phaseId}, 'key', r.id from ${rows} r;`,
  );

/** plpgsql that runs after a statement on the unified table: the legacy tables get the same, set by set. */
export function writeUnifiedBody(
  targets: Targets,
  sides: readonly LegacySide[],
  laterPhaseIds: readonly number[],
): string {
  const primary = sides.filter(({ source }) => source.rule.flag !== null);
  const legacyValue = (side: LegacySide) => (column: BoundColumn, alias: string) =>
    fromUnified(side.source, column, alias);
  const both = 'old_rows o join new_rows n on n.id = o.id';
  const inserts = primary.map((side) =>
    insertRows(side, legacyValue(side), `new_rows n where ${flagOf(side, 'n')}`),
  );
  const updates = primary.flatMap((side) => {
    const [had, has] = [flagOf(side, 'o'), flagOf(side, 'n')];
    return [
      deleteRows(side, legacyValue(side), both, `${had} and not ${has}`),
      insertRows(side, legacyValue(side), `${both} where ${has} and not ${had}`),
      updateRows(side, legacyValue(side), both, `${had} and ${has}`),
    ];
  });
  const deletes = [...primary]
    .reverse()
    .map((side) => deleteRows(side, legacyValue(side), 'old_rows o', flagOf(side, 'o')));
  return [
    'begin',
    `if tg_op = 'INSERT' then`,
    ...inserts,
    ...tell(laterPhaseIds, 'new_rows'),
    `elsif tg_op = 'UPDATE' then`,
    ...updates,
    `elsif tg_op = 'DELETE' then`,
    // What was folded into an opportunity goes with it, or a merge would bring it back; its own trigger reaches the legacy rows.
    `delete from ${targets.folded.qualified} f using old_rows o where f.${ident('unified_id')} = o.id;`,
    ...deletes,
    ...tell(laterPhaseIds, 'old_rows'),
    'end if;',
    'return null;',
    'end',
  ].join('\n');
}
