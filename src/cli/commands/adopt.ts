import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import type { Session } from '../session.js';

/** `drydock adopt`: takes over a copy of a database. */
export function addAdopt(program: Command, session: Session): void {
  const command = program
    .command('adopt')
    .summary('take over a copy that was made by dump and restore')
    .description(
      'Finds in a restored or cloned database everything that the ledger remembers, by name, kind, definition and owner, ' +
        'makes the triggers of capture again, and compares both sides. It goes on from there: run, sync, cutover, ' +
        'rollback and complete work as in the original, which is not concerned. What is missing is reported, and nothing ' +
        'is dropped. One transaction, for every schema that the ledger serves. A copy of the files (a template, a promoted ' +
        'standby, a snapshot of the disk) needs none of this.',
    )
    .option('--dry-run', 'only look')
    .option(
      '--accept-owner <role>',
      'also take over what belongs to this role here, and to another one in the original; may be given several times',
      (role: string, before: readonly string[] | undefined) => [...(before ?? []), role],
    );
  command
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock adopt --dry-run', 'what is here, what is missing?'],
          ['drydock adopt', 'take it over'],
          ['drydock adopt --accept-owner staging', 'restored with other roles'],
        ],
        ['Exits 1 when something stops it, and when the comparison found differences.'],
      ),
    )
    .action(async () => (await import('../actions/adopt.js')).act(session, command));
}
