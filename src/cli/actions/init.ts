import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { DrydockError, EXIT } from '../../errors.js';
import { writeWhole } from '../../files/write-whole.js';
import { quoted } from '../../format/printable.js';
import { init } from '../../init/init.js';
import { cannotWrite } from '../files.js';
import { CONFIG_FILE, findConfig } from '../find-config.js';
import { names, text } from '../flags/flag.js';
import { parseOwn } from '../flags/parse.js';
import { flag } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { withProgress } from '../progress.js';
import { renderInit, type WrittenInit } from '../render/init.js';
import type { Session } from '../session.js';

const flags = {
  databaseUrl: target.databaseUrl,
  schema: target.schema,
  tables: names('--tables wants names of tables, with commas between them.'),
  output: text('--output wants the name of a file, or -.'),
  force: flag,
};

/** What `drydock init` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { output, force, ...options } = parseOwn(flags, command);
  const { json } = session.globals;
  const toStdout = output === '-' && !json;
  const file = output === '-' || (output === undefined && json) ? null : resolve(output ?? CONFIG_FILE);
  if (file !== null && !force) refuseExisting(file);
  const { signal } = session;
  const report = await withProgress(session, (onProgress) => init({ ...options, signal, onProgress }));
  const { declaration } = report;
  const exit = declaration === null ? EXIT.different : EXIT.done;
  if (toStdout && declaration !== null) {
    session.out.raw(declaration);
    return session.finish(report, () => [], exit);
  }
  const written = declaration === null ? null : file;
  if (written !== null && declaration !== null) await write(written, declaration, force);
  session.finish<WrittenInit>({ file: written, ...report }, renderInit, exit);
}

/** Before anything is read: a second config file beside the first one would be none that can be used. */
function refuseExisting(file: string): void {
  const isConfig = /^drydock\.config\.(?:ts|mts|js|mjs)$/.test(file.slice(dirname(file).length + 1));
  const other = isConfig ? findConfig(dirname(file)) : undefined;
  const found = existsSync(file) ? file : other;
  if (found !== undefined) throw fileExists(found);
}

async function write(file: string, declaration: string, force: boolean): Promise<void> {
  try {
    await writeWhole(file, declaration, { replace: force });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExists(file);
    throw cannotWrite(file, error);
  }
}

function fileExists(file: string): DrydockError {
  return new DrydockError({
    code: 'file-exists',
    what: `The file ${quoted(file)} is there already.`,
    state: 'It is as it was; no file was written.',
    next: `Name another one with --output, or give --force to write over ${quoted(join(dirname(file), CONFIG_FILE))}.`,
  });
}
