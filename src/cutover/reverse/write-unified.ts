import { literal } from '../../db/identifier.js';
import type { BoundColumn } from '../../mapping/mapping.js';
import { fromUnified } from '../../mapping/restore.js';
import { isFoldedInto, type Targets } from '../../mapping/targets.js';
import { flagOf, type LegacySide } from './legacy-columns.js';
import type { PointingOrder } from './pointing-order.js';
import { deleteRows, insertRows, updateRows } from './statements.js';
import type { Steps } from './steps.js';

/** An SQL list of the phases that stand on this one, whose rows may belong to other ones now. */
const queueKeys = (phaseIds: readonly number[], rows: string) =>
  phaseIds.map(
    (phaseId) =>
      `insert into drydock.changes (phase_id, operation, merge_key) select ${phaseId}, 'key', r.id from ${rows} r;`,
  );

/** The phases whose queues get what is written to a unified table. */
export interface NotifiedPhases {
  /** The one that the table is of. */
  readonly own: number;
  /** Those that stand on it. */
  readonly later: readonly number[];
}

/**
 * What is done after a statement on the unified table: the legacy tables get the same, set by set. Our own tables are
 * written by ourselves, and first; a legacy table by whoever runs what hangs on it.
 */
export function unifiedSteps(
  targets: Targets,
  { sides, hasKeys }: PointingOrder,
  notified: NotifiedPhases,
): Steps {
  const primary = sides.filter(({ source }) => source.rule.flag !== null);
  const legacyValue = (side: LegacySide) => (column: BoundColumn, alias: string) =>
    fromUnified(side.source, column, alias);
  const both = 'old_rows o join new_rows n on n.id = o.id';
  const left = [
    'o.merge_key <> n.merge_key',
    ...primary.map((side) => `${flagOf(side, 'o')} <> ${flagOf(side, 'n')}`),
  ];
  return {
    insert: [
      { by: null, statements: queueKeys(notified.later, 'new_rows') },
      ...primary.map((side) => ({
        by: side.executor,
        statements: [insertRows(side, legacyValue(side), `new_rows n where ${flagOf(side, 'n')}`)],
      })),
    ],
    update: [
      {
        by: null,
        // A legacy row that went, or went elsewhere, is not among ours any more when a sync looks for its key: what else the
        // key has, and what the row itself had from there, would stay as it was.
        statements: [
          `insert into drydock.changes (phase_id, operation, merge_key) select ${notified.own}, 'key', k.merge_key from ${both} ` +
            `cross join lateral (values (o.merge_key), (n.merge_key)) k (merge_key) where ${left.join(' or ')};`,
        ],
      },
      ...primary.map((side) => {
        const [had, has] = [flagOf(side, 'o'), flagOf(side, 'n')];
        return {
          by: side.executor,
          statements: [
            deleteRows(side, legacyValue(side), both, `${had} and not ${has}`),
            insertRows(side, legacyValue(side), `${both} where ${has} and not ${had}`),
            updateRows(side, legacyValue(side), both, `${had} and ${has}`),
          ],
        };
      }),
    ],
    delete: [
      {
        by: null,
        statements: [...(hasKeys ? [] : [deleteFolded(targets)]), ...queueKeys(notified.later, 'old_rows')],
      },
      ...[...sides].reverse().flatMap((side) => [
        // A row that names another one goes before it, whichever of both was folded.
        ...(hasKeys ? [{ by: null, statements: [deleteFolded(targets, side)] }] : []),
        ...(primary.includes(side)
          ? [
              {
                by: side.executor,
                statements: [deleteRows(side, legacyValue(side), 'old_rows o', flagOf(side, 'o'))],
              },
            ]
          : []),
      ]),
    ],
  };
}

/**
 * What was folded into a thing goes with it, or a merge would bring it back; its own trigger reaches the legacy rows.
 *
 * @param side - of this source alone
 */
function deleteFolded({ folded, link }: Targets, side?: LegacySide): string {
  const ofSide = side === undefined ? '' : ` and f.source = ${literal(side.source.rule.table)}`;
  return `delete from ${folded.qualified} f using old_rows o where ${isFoldedInto({ link }, 'f', 'o')}${ofSide};`;
}
