import type { Command } from 'commander';
import { restore } from '../../backup/restore.js';
import { EXIT } from '../../errors.js';
import { confirmWord } from '../confirm.js';
import { names } from '../flags/flag.js';
import { parseFlags } from '../flags/parse.js';
import { directory, flag, schemaName } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderRestore } from '../render/restore.js';
import type { Session } from '../session.js';

const flags = {
  databaseUrl: target.databaseUrl,
  project: target.project,
  from: directory('restore wants to be told where from: give --from DIR.'),
  into: schemaName('--into'),
  tables: names('--tables wants names, parted by commas.'),
  verify: flag,
  yes: flag,
};

/** What `drydock restore` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { yes, ...options } = await parseFlags(flags, command);
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
}
