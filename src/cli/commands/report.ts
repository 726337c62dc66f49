import type { Command } from 'commander';
import { helpAfter } from '../help.js';
import { DEFAULT_FILE } from '../report/default-file.js';
import type { Session } from '../session.js';

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
    .action(async () => (await import('../actions/report.js')).act(session, command));
}
