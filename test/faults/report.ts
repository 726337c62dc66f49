import { KINDS } from './kinds/all.js';
import type { Result } from './run-fault.js';

/** What became of a fault, in a line; what is wrong with it, in further ones. */
export function lineOf(result: Result): string {
  const { fault, skipped, moment, harm, first, second, problems } = result;
  const head = `#${String(fault.number).padEnd(4)} ${fault.kind.name.padEnd(13)} ${fault.scenario.name.padEnd(11)}`;
  if (skipped !== undefined) return `${head} skipped: ${skipped}`;
  const parts = [
    moment === undefined ? 'too late: the run had ended' : `${moment}: ${harm ?? 'nothing'}`,
    ...(first === undefined ? [] : [`${first.end} (${first.said})`]),
    ...(second === undefined ? [] : [`again: ${second.end} in ${second.seconds.toFixed(1)} s`]),
  ];
  const marks = problems.map((problem) => `\n      ✘ ${problem}`);
  return `${head} ${parts.join(' → ')}${problems.length === 0 ? '  ✔' : '  ✘'}${marks.join('')}`;
}

/** Counts of one kind of fault. */
export interface Tally {
  readonly kind: string;
  readonly what: string;
  injected: number;
  /** The run finished by itself. */
  survived: number;
  /** The run ended, and the same command finished. */
  resumed: number;
  /** The moment never came: the run had ended before. */
  missed: number;
  skipped: number;
  failed: number;
}

export function tally(results: readonly Result[]): Tally[] {
  const tallies = new Map(
    KINDS.map(({ name, what }): [string, Tally] => [
      name,
      { kind: name, what, injected: 0, survived: 0, resumed: 0, missed: 0, skipped: 0, failed: 0 },
    ]),
  );
  for (const { fault, skipped, moment, first, problems } of results) {
    const counts = tallies.get(fault.kind.name);
    if (counts === undefined) continue;
    if (skipped !== undefined) counts.skipped += 1;
    else if (moment === undefined && problems.length === 0) counts.missed += 1;
    else {
      counts.injected += 1;
      if (problems.length > 0) counts.failed += 1;
      else if (first?.end === 'finished') counts.survived += 1;
      else counts.resumed += 1;
    }
  }
  return [...tallies.values()].filter(
    ({ injected, missed, skipped, failed }) => injected + missed + skipped + failed > 0,
  );
}

const COLUMNS = ['injected', 'survived', 'resumed', 'missed', 'skipped', 'failed'] as const;

/** The table at the end. */
export function tableOf(tallies: readonly Tally[]): string[] {
  const row = (name: string, cells: readonly string[]) =>
    [name.padEnd(14), ...cells.map((cell) => cell.padStart(9))].join(' ');
  const sums = COLUMNS.map((column) => tallies.reduce((sum, counts) => sum + counts[column], 0));
  return [
    row('kind', COLUMNS),
    ...tallies.map((counts) =>
      row(
        counts.kind,
        COLUMNS.map((column) => String(counts[column])),
      ),
    ),
    row('all', sums.map(String)),
  ];
}

/** The same table in Markdown, with what each kind does: for docs/reliability.md. */
export function markdownOf(tallies: readonly Tally[]): string[] {
  const columns = ['injected', 'survived', 'resumed', 'failed'] as const;
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const sum = (column: (typeof columns)[number]) =>
    tallies.reduce((total, counts) => total + counts[column], 0);
  return [
    row(['kind', 'what happens', 'injected', 'finished by itself', 'resumed by the same command', 'failed']),
    row(['---', '---', ...columns.map(() => '--:')]),
    ...tallies.map((counts) =>
      row([`\`${counts.kind}\``, counts.what, ...columns.map((column) => counts[column])]),
    ),
    row(['all', '', ...columns.map(sum)]),
  ];
}
