import { silentTables } from '../../capture/start.js';
import { newestBackup } from '../../ledger/backups.js';
import { type Check, carried, stops } from './findings.js';

/** What a phase's state lacks for a cutover, and the command that gives it. */
const BEFORE: Readonly<Record<string, string>> = {
  loading: 'its batches are not all loaded',
  loaded: 'it was not verified',
  different: 'its last verification found differences',
};

/** The phase has to be verified, and up to date. */
export const state: Check = async ({ session, phase, entry }) => {
  const reason = BEFORE[entry.state];
  if (reason !== undefined) {
    return [
      stops(
        'state',
        phase.name,
        `Phase ${phase.name} is ${entry.state}: ${reason}.`,
        `drydock run --phase ${phase.name}`,
      ),
    ];
  }
  if (entry.state === 'completed') {
    return [
      stops('state', phase.name, `Phase ${phase.name} is completed.`, 'There is nothing left to cut over.'),
    ];
  }
  if (entry.state !== 'verified')
    return [carried('state', phase.name, `Phase ${phase.name} is ${entry.state}.`)];
  const { left } = await session.one(
    'select count(*) as left from drydock.changes where phase_id = $1::int',
    [entry.id],
  );
  return [
    left === '0'
      ? carried('state', phase.name, `Phase ${phase.name} is verified, and nothing was written since.`)
      : carried(
          'state',
          phase.name,
          `Phase ${phase.name} is verified; ${left} changes since then are applied first, and proven.`,
        ),
  ];
};

/** Without capture nobody knows what was written since the batches were loaded. */
export const capture: Check = async ({ session, phase, entry }) => {
  const silent = await silentTables(session, phase, entry.id);
  return silent.length === 0
    ? []
    : [
        stops(
          'capture',
          silent.join(', '),
          'Triggers that report changes are missing here: what is written would not reach the unified tables.',
          `drydock run --phase ${phase.name}`,
        ),
      ];
};

/** A way back to before all of this, that does not rest on our tables. */
export function backup(required: boolean): Check {
  return async ({ session, phase, context }) => {
    if (!required) return [carried('backup', phase.name, 'Without a backup, as was ordered (--no-backup).')];
    const found = await newestBackup(session, context.schema, phase.name);
    if (found !== null)
      return [
        carried('backup', `${found.directory} on ${found.host}`, `It was verified at ${found.verifiedAt}.`),
      ];
    return [
      stops(
        'backup',
        phase.name,
        'The ledger knows of no verified backup of these tables; one taken before the first run is not in it.',
        `drydock backup --phase ${phase.name} --to DIR, or --no-backup to go without one.`,
      ),
    ];
  };
}
