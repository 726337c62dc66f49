import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import { report } from '../../report/report.js';
import { readSavedBench } from '../../report/saved-bench.js';
import { otherwise, text } from '../flags/flag.js';
import { parseFlags } from '../flags/parse.js';
import { flag } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { renderReport, type WrittenReport } from '../render/report.js';
import { DEFAULT_FILE } from '../report/default-file.js';
import { openInBrowser } from '../report/open.js';
import { writePage } from '../report/write.js';
import type { Session } from '../session.js';

const flags = {
  ...target,
  out: otherwise(text('--out wants the name of a file.'), DEFAULT_FILE),
  bench: text('--bench wants a file or a directory.'),
  open: flag,
};

/** What `drydock report` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { out, bench: saved, open, ...options } = await parseFlags(flags, command);
  const bench = saved === undefined ? undefined : await readSavedBench(saved);
  const { signal } = session;
  const { report: told, html } = await report({ ...options, signal, ...(bench && { bench }) });
  const file = resolve(out);
  await writePage(file, html);
  const opened = open ? await openInBrowser(file) : null;
  session.finish<WrittenReport>({ file, opened, report: told }, renderReport, EXIT.done);
}
