import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT } from '../../errors.js';
import { report } from '../../report/report.js';
import { readSavedBench } from '../../report/saved-bench.js';
import { parseFlags } from '../flags/parse.js';
import { flag } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { renderReport, type WrittenReport } from '../render/report.js';
import { DEFAULT_FILE } from '../report/default-file.js';
import { openInBrowser } from '../report/open.js';
import { writePage } from '../report/write.js';
import type { Session } from '../session.js';

const flags = z.object({
  ...target,
  out: z.string().min(1, { error: '--out wants the name of a file.' }).default(DEFAULT_FILE),
  bench: z.string().min(1, { error: '--bench wants a file or a directory.' }).optional(),
  open: flag,
});

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
