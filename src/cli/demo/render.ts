import { counted, duration } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import { gainLines } from '../render/bench.js';
import { facts } from '../render/parts.js';
import { runLines } from '../render/run.js';
import { renderVerify, verifyVerdict } from '../render/verify.js';
import type { Style } from '../style.js';
import type { DemoReport } from './demo-report.js';

/** The one summary of a demo: what was made, what the run did with it, and the verdict of a second verification. */
export function renderDemo({ demo, run, verify, bench, page }: DemoReport, style: Style): string[] {
  const { seconds } = demo;
  const rows = Object.values(demo.legacyRows).reduce((sum, table) => sum + table, 0);
  return [
    '',
    style.colors.bold('Drydock demo'),
    ...facts(
      [
        [
          'legacy database',
          `${counted(rows, 'row')} for ${counted(demo.submissions, 'submission')}, shape ${demo.shape}, seed ${demo.seed}`,
        ],
        [
          'time',
          `${duration(seconds.total)}, of it ${duration(seconds.start)} to start the server and ` +
            `${duration(seconds.generate)} to make the data`,
        ],
      ],
      style,
    ),
    ...runLines(run, style),
    '',
    'Verified once more, on its own:',
    ...(verify.equal ? verifyVerdict(verify, style) : renderVerify(verify, style)),
    ...(bench === null
      ? []
      : ['', 'Before and after, measured; `drydock bench` asks more:', ...gainLines(bench, style)]),
    '',
    `  The whole story as a page: ${printable(page)}`,
  ];
}
