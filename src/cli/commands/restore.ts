import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, restore } from '../../index.js';
import { confirmWord } from '../confirm.js';
import { parseFlags } from '../flags/parse.js';
import { directory, flag, schemaName } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { withProgress } from '../progress.js';
import { renderRestore } from '../render/restore.js';
import type { Session } from '../session.js';

const flags = z.object({
  databaseUrl: target.databaseUrl,
  from: directory('restore wants to be told where from: give --from DIR.'),
  into: schemaName('--into'),
  tables: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .refine((names) => names.every((name) => name !== ''), {
      error: '--tables wants names, parted by commas.',
    })
    .optional(),
  verify: flag,
  yes: flag,
});

/** `drydock restore`: makes the tables of a backup again. */
export function addRestore(program: Command, session: Session): void {
  const command = program
    .command('restore')
    .summary('make the tables of a backup again')
    .description(
      'Reads a whole backup and compares it with its manifest; then makes its tables again, in one transaction, and ' +
        'compares count and hash of each before it commits. Never replaces anything. Asks on a terminal; elsewhere it ' +
        'wants --yes.',
    )
    .option('--from <directory>', 'the directory of the backup (required)')
    .option('--into <schema>', 'make everything in this schema, which is made too (default: where it was)')
    .option('--tables <names>', 'only these tables, parted by commas (default: all)')
    .option('--verify', 'also read every restored table back, and compare its text byte for byte')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      helpAfter(
        [
          ['drydock restore --from /backup/reddit-1 --into tryout', 'beside the real tables'],
          ['drydock restore --from /backup/reddit-1 --verify', 'where they were'],
          ['drydock restore --from /backup/reddit-1 --tables opportunities', 'one table that was lost'],
        ],
        [
          'A backup holds functions, triggers, defaults and checks. They are made as the user',
          'that you connect as, and defaults and checks run as that user: restore only what you',
          'or someone you trust has made. What others can have written is refused.',
        ],
      ),
    )
    .action(async () => {
      const { yes, ...options } = parseFlags(flags, command);
      if (!yes) {
        await confirmWord(
          session,
          `This makes tables, functions and triggers of the backup in ${options.from}, and runs its SQL as you.`,
          'restore',
        );
      }
      const { signal } = session;
      const report = await withProgress(session, (onProgress) => restore({ ...options, signal, onProgress }));
      session.finish(report, renderRestore, report.equal ? EXIT.done : EXIT.different);
    });
}
