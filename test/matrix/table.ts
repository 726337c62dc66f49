import type { Outcome } from './suite.js';
import type { Variant } from './variants.js';

/** A line of the table: a run, or why there was none. */
export interface Result extends Variant {
  readonly version: string;
  readonly outcome: Outcome | { readonly skipped: string };
}

const HEAD = ['PostgreSQL', 'settings', 'result', 'files', 'passed', 'failed', 'skipped', 'seconds'];

/** The results as a table in Markdown, as it stands in docs/compatibility.md. */
export function markdown(results: readonly Result[]): string {
  const rows = results.map(({ version, settings, outcome }) => {
    if (!('ok' in outcome)) return [version, settings, `not run: ${outcome.skipped}`, '', '', '', '', ''];
    const { ok, files, passed, failed, skipped, seconds } = outcome;
    return [
      version,
      settings,
      ok ? 'passed' : 'FAILED',
      ...[files, passed, failed, skipped, seconds].map(String),
    ];
  });
  const widths = HEAD.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => (index < 3 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, index) => (index < 3 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(HEAD), line(rule), ...rows.map(line)].join('\n');
}
