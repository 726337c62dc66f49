import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { EXIT, readSavedBench, report } from '../../index.js';
import { parseFlags } from '../flags/parse.js';
import { flag } from '../flags/scalars.js';
import { target } from '../flags/target.js';
import { helpAfter } from '../help.js';
import { renderReport, type WrittenReport } from '../render/report.js';
import { openInBrowser } from '../report/open.js';
import { writePage } from '../report/write.js';
import type { Session } from '../session.js';

const DEFAULT_FILE = 'drydock-report.html';

const flags = z.object({
  ...target,
  out: z.string().min(1, { error: '--out wants the name of a file.' }).default(DEFAULT_FILE),
  bench: z.string().min(1, { error: '--bench wants a file or a directory.' }).optional(),
  open: flag,
});

/** `drydock report`: what was done, as one page. */
export function addReport(program: Command, session: Session): void {
  const command = program
    .command('report')
    .summary('write what was done as one HTML page')
    .description(
      'Writes one HTML file that needs nothing else: where every row went, the proof, batches over time, storage, and, ' +
        'where a benchmark was saved, the questions before and after. From the ledger; reads only.',
    )
    .option('--out <file>', `the file to write (default: ${DEFAULT_FILE})`)
    .option('--bench <path>', 'a benchmark to show: a file, or a directory of which the newest one is taken')
    .option('--open', 'open it in the browser');
  command
    .addHelpText(
      'after',
      helpAfter([
        ['drydock report --open', 'write it, and look at it'],
        ['drydock report --out report.html --bench bench', 'with what `bench --save bench` measured'],
        ['drydock report --json', 'what is in it, as data'],
      ]),
    )
    .action(async () => {
      const { out, bench: saved, open, ...options } = parseFlags(flags, command);
      const bench = saved === undefined ? undefined : await readSavedBench(saved);
      const { signal } = session;
      const { report: told, html } = await report({ ...options, signal, ...(bench && { bench }) });
      const file = resolve(out);
      await writePage(file, html);
      const opened = open ? await openInBrowser(file) : null;
      session.finish<WrittenReport>({ file, opened, report: told }, renderReport, EXIT.done);
    });
}
