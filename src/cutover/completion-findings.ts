import { newestBackup } from '../ledger/backups.js';
import { replacedViews } from '../ledger/moved.js';
import { AS_OWNER, readingWarning } from '../legacy/reading-advice.js';
import { untrustedWhenRead } from '../legacy/untrusted-code.js';
import { targetsOf } from '../mapping/targets.js';
import { uncarried } from '../old-names/changes.js';
import { nameOf as nameOfView, readOldNames } from '../old-names/picture.js';
import type { CutoverFinding } from '../reports/cutover.js';
import type { PhaseName } from '../reports/phase-name.js';
import { type DropObstacle, dropObstacles } from './drop-obstacles.js';
import { type ForeignKey, foreignKeysToPhase, type Repointable, repointable } from './foreign-keys.js';
import { carried, nameOf, oidArray, type Survey, stops, warned } from './preflight/findings.js';
import { preparedTransactions } from './preflight/sessions.js';
import { referrerFindings } from './referrer-findings.js';
import { collisions, namingNothing } from './repoint.js';
import { referrersToRepoint } from './repoint-referrers.js';
import { outOfReach } from './reverse/executors.js';
import { takeOverFindings } from './take-over/findings.js';
import { onMovedTables, onViews } from './view-dependents.js';

/**
 * What completing a phase means for what hangs on it; what stops it is named.
 *
 * @param drop - the phases whose moved tables the same command drops before; null where it drops none
 */
export async function completionFindings(
  survey: Survey,
  drop: readonly PhaseName[] | null,
): Promise<CutoverFinding[]> {
  const { phase, entry } = survey;
  if (entry.state === 'completed') return drop === null ? [] : beforeDrop(survey, drop);
  if (entry.state !== 'cut-over') {
    return [
      stops(
        'state',
        phase.name,
        `Phase ${phase.name} is ${entry.state}; only a phase that is cut over can be completed.`,
        `drydock cutover --phase ${phase.name}`,
      ),
    ];
  }
  return [
    ...(await oldNames(survey)),
    ...(await policies(survey)),
    ...(await foreignKeys(survey)),
    ...(await takeOverFindings(survey)),
    ...(await referrerFindings(survey)),
    ...(await preparedTransactions(survey)),
    ...(drop === null ? await readersLeft(survey) : await beforeDrop(survey, drop)),
  ];
}

async function oldNames({ session, entry }: Survey): Promise<CutoverFinding[]> {
  const replaced = await replacedViews(session, entry.id);
  const changed = await readOldNames(session, entry.id);
  const dependents = await onViews(session, entry.id);
  return [
    ...replaced.map((name) =>
      stops(
        'view-replaced',
        name,
        'It is not the view any more that the cutover made.',
        'Make it again, or roll back.',
      ),
    ),
    ...changed
      .filter((one) => one.now !== null && uncarried(one).length > 0)
      .map((one) =>
        stops(
          'view-changed',
          nameOfView(one),
          `The view was changed since the cutover, and is made anew by the completion: ${uncarried(one).join('; ')}.`,
          'Undo the change.',
        ),
      ),
    ...dependents.map((name) =>
      carried('view', name, 'It was built on the view of an old name, and goes on reading it.'),
    ),
  ];
}

/** The restoring views read our tables with their owner's rights: policies of the legacy tables do not reach there. */
async function policies({ session, tables, oids }: Survey): Promise<CutoverFinding[]> {
  const rows = await session.query(
    `select oid::text as oid from pg_class where oid = any ($1::text::oid[]) and relrowsecurity`,
    [oids],
  );
  return rows.map((row) => {
    const table = tables.find(({ oid }) => oid === row.oid);
    return stops(
      'row-level-security',
      table === undefined ? String(row.oid) : nameOf(table),
      'Its policies hold for the moved table; a view of the unified table would show the rows of everybody.',
      'Have the readers use the unified table with policies of its own, revoke their rights to the old name, and disable row security on the moved table.',
    );
  });
}

/** Rows of these tables are read with our own rights, and changed with those of their owners. */
async function codeOnTables(
  { session, serverVersion }: Survey,
  keys: readonly Pick<ForeignKey, 'oid'>[],
): Promise<CutoverFinding[]> {
  const tables = [...new Map(keys.map(({ oid }) => [oid, { oid }])).values()];
  if (tables.length === 0) return [];
  const forced = await session.query(
    'select oid::regclass::text as name from pg_class where oid = any ($1::text::oid[]) and relforcerowsecurity order by 1',
    [oidArray(tables)],
  );
  return [
    ...(await outOfReach(session, tables, serverVersion)).map(({ table, role, me, grant }) =>
      stops(
        'owner',
        table,
        `Its rows come to name unified ones with the rights of its owner ${role}, and ${me} may not become that role.`,
        `${grant}, or connect as a superuser.`,
      ),
    ),
    ...forced.map(({ name }) =>
      stops(
        'forced-row-security',
        String(name),
        'Its policies hold for its owner too (force row level security), with whose rights its rows come to name unified ones.',
        'alter table ... no force row level security',
      ),
    ),
    ...(await untrustedWhenRead(session, tables)).map((code) =>
      warned('untrusted-reading', `${code.table}.${code.name}`, readingWarning(code), AS_OWNER),
    ),
  ];
}

async function foreignKeys(survey: Survey): Promise<CutoverFinding[]> {
  const { session, phase } = survey;
  const keys = await foreignKeysToPhase(session, phase);
  const referrers = (await referrersToRepoint(session, phase)).map(({ naming }) => naming);
  const found = await codeOnTables(survey, [...keys, ...referrers]);
  for (const key of keys) {
    const about = repointable(phase, key);
    found.push(
      ...('obstacle' in about
        ? [stops('foreign-key', keyName(key), about.obstacle, 'Drop the constraint.')]
        : await repointing(survey, about)),
    );
  }
  return found;
}

const keyName = ({ schema, table, name }: ForeignKey) => `${schema}.${table}.${name}`;

/** What it means for a key's table that it comes to name the unified one. */
async function repointing({ session, phase, entry }: Survey, about: Repointable): Promise<CutoverFinding[]> {
  const { key, parts } = about;
  const name = keyName(key);
  const targets = targetsOf(phase);
  const colliding = await collisions(session, targets, about);
  if (colliding.length > 0)
    return colliding.map(({ index, rows }) =>
      stops(
        'foreign-key',
        name,
        `${rows} rows that name a folded duplicate are to name its ${phase.bound.mapping.thing}, which another row names: unique index ${index} does not take both.`,
        'Delete one of each two rows, or drop the index.',
      ),
    );
  const nothing = await namingNothing(session, targets, about);
  if (nothing !== '0')
    return [
      stops(
        'foreign-key',
        name,
        `${nothing} rows name a folded duplicate by ${key.targetColumns.join(', ')}, where the row that won over it has no value.`,
        'Have these rows name another one, or drop the constraint.',
      ),
    ];
  const { rejected } = await session.one(
    'select count(*) as rejected from drydock.rejects where phase_id = $1::int and source = $2::text',
    [entry.id, key.target],
  );
  const checked = key.isCheckedAtOnce
    ? [
        warned(
          'foreign-key',
          name,
          'Its table has partitions: before PostgreSQL 18 all of its rows are checked while the tables are locked.',
          'Complete at a quiet time, or drop the constraint and make it again afterwards.',
        ),
      ]
    : [];
  const { takeOver } = phase.bound.mapping;
  const named = parts
    .map(({ unified }) => (unified === takeOver?.id.meanwhile ? takeOver.id.then : unified))
    .join(', ');
  const outcome =
    rejected === '0'
      ? carried(
          'foreign-key',
          name,
          `It will name ${named} of the unified table; rows that name a folded duplicate will name its ${phase.bound.mapping.thing}, and are kept as they were in drydock.repointed.`,
        )
      : stops(
          'foreign-key',
          name,
          `${rejected} rows of ${key.target} were put aside and have no unified row that it could name.`,
          'Mend these rows and load their batches again.',
        );
  return [...checked, outcome];
}

async function readersLeft({ session, entry }: Survey): Promise<CutoverFinding[]> {
  return (await onMovedTables(session, entry.id)).map((name) =>
    warned(
      'view',
      name,
      'It depends on a moved table, which is not kept up any more: what it sees is the past.',
      'Make it again upon the old name, or upon the unified table.',
    ),
  );
}

async function beforeDrop(survey: Survey, before: readonly PhaseName[]): Promise<CutoverFinding[]> {
  const { session, entry, context, phase } = survey;
  const together = [entry, ...before.flatMap((name) => context.entries.get(name) ?? [])].map(({ id }) => id);
  const found = (await dropObstacles(session, together))
    // Until the completion, foreign keys of other tables are looked at by themselves: it makes them name the unified table.
    .filter(
      ({ isForeignKey, phase: other }) => entry.state === 'completed' || !isForeignKey || other !== null,
    )
    .map((obstacle) => stops(...obstacleText(obstacle)));
  const backup = await newestBackup(session, context.schema, phase.name);
  found.push(
    backup === null
      ? stops(
          'backup',
          phase.name,
          'There is no verified backup of the tables that are to be dropped.',
          `drydock backup --phase ${phase.name} --to DIR`,
        )
      : carried(
          'backup',
          `${backup.directory} on ${backup.host}`,
          `It was verified at ${backup.verifiedAt}.`,
        ),
  );
  return found;
}

function obstacleText({ name, isForeignKey, phase }: DropObstacle): Parameters<typeof stops> {
  if (!isForeignKey) {
    return [
      'view',
      name,
      'It depends on a table that is to be dropped.',
      'Make it again upon the old name, or drop it.',
    ];
  }
  const next =
    phase === null
      ? 'Drop the constraint, or have it name the unified table.'
      : `drydock complete --phase ${phase} --drop-legacy, or --phase all: the tables of a later phase go first.`;
  return ['foreign-key', name, 'It names a table that is to be dropped.', next];
}
