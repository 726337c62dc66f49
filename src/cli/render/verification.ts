import { count, counted, shortHash } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { PhaseName } from '../../reports/phase-name.js';
import type { Difference, PhaseVerification, TableVerification } from '../../reports/verify.js';
import type { Style } from '../style.js';
import { excerpt } from './excerpt.js';
import { mark, subheading, warning } from './parts.js';
import { table } from './table.js';
import { wrap } from './text.js';

/** Both hashes of every legacy table side by side. */
export function hashTable(tables: readonly TableVerification[], style: Style): string[] {
  const { colors } = style;
  return table(
    [
      { title: 'legacy table', flexible: true },
      { title: 'rows', align: 'right' },
      { title: 'hash of the table' },
      { title: 'hash of its view' },
      { title: '' },
    ],
    tables.map((one) => [
      printable(one.table),
      count(one.legacy.rows),
      shortHash(one.legacy.hash),
      shortHash(one.unified.hash),
      one.equal ? `${mark(true, style)} equal` : `${mark(false, style)} ${colors.red('differs')}`,
    ]),
    style,
  );
}

/** The differences of one phase, table by table; no lines when there are none. */
export function differenceLines(verification: PhaseVerification, style: Style): string[] {
  return verification.tables
    .filter((one) => !one.equal)
    .flatMap((one) => [
      ...subheading(`Differences in ${printable(one.table)}`, style),
      ...wrap(`  ${scopeText(one)}`, style.width, '  '),
      ...one.differences.flatMap((difference) => differenceText(difference, style)),
      ...(one.more ? ['', `  There are more; a larger --limit lists them.`] : []),
    ]);
}

/** For each phase that is not equal, the command that loads again, or makes again, what differs. */
export function mendLines(phases: readonly PhaseVerification[], style: Style): string[] {
  return phases
    .filter(({ equal }) => !equal)
    .flatMap(({ phase, tables }) => wrap(`  → ${mendText(phase, tables)}`, style.width, '    '));
}

function mendText(phase: PhaseName, tables: readonly TableVerification[]): string {
  const run = `drydock run --phase ${phase}`;
  if (tables.length === 0)
    return `${run} makes it again; where that does not help, after drydock rollback --phase ${phase}.`;
  const batches = tables.flatMap(({ differingBatches }) => differingBatches);
  if (batches.length === 0) return `${run} --from ${FIRST_KEY} loads all batches again.`;
  const [from, to] = [Math.min(...batches), Math.max(...batches)];
  return `${run} --batches ${from === to ? from : `${from}..${to}`} loads what differs again.`;
}

const FIRST_KEY = '00000000-0000-0000-0000-000000000000';

/** How far the difference goes: which batches, and the row counts where those differ too. */
function scopeText({ view, legacy, unified, differingBatches }: TableVerification): string {
  const rows =
    legacy.rows === unified.rows
      ? ''
      : ` The table has ${counted(legacy.rows, 'row')}, the view ${count(unified.rows)}.`;
  const batches = counted(differingBatches.length, 'batch', 'batches');
  return `In ${batches} of ${printable(view)}: ${batchNumbers(differingBatches)}.${rows}`;
}

/** The invariants that do not hold, each with its finding, and how many do. */
export function invariantLines(verification: PhaseVerification, style: Style): string[] {
  const { invariants } = verification;
  if (invariants.length === 0) return [];
  const broken = invariants.filter((invariant) => !invariant.ok);
  const held = invariants.length - broken.length;
  return [
    `  ${mark(broken.length === 0, style)} ${held} of ${counted(invariants.length, 'invariant')} hold`,
    ...broken.flatMap(({ name, detail }) => warning(`${name}: ${detail}`, style)),
    // What holds may still have something to say.
    ...invariants
      .filter(({ ok, detail }) => ok && detail !== '')
      .flatMap(({ name, detail }) => wrap(`    ${printable(`${name}; ${detail}`)}`, style.width, '    ')),
  ];
}

/** Keys that were left out, where there are any. */
export function pendingLines({ pendingKeys }: PhaseVerification, style: Style): string[] {
  if (pendingKeys === 0) return [];
  return warning(
    `${counted(pendingKeys, 'key')} left out: changes of theirs are captured, and not applied yet. drydock sync applies them.`,
    style,
  );
}

const KIND_TEXT = {
  changed: 'changed',
  missing: 'missing from the view',
  extra: 'in the view, but not in the table',
  duplicated: 'more than once in the view',
} as const satisfies Readonly<Record<Difference['kind'], string>>;

function differenceText(difference: Difference, style: Style): string[] {
  const { colors } = style;
  const width = Math.max(0, ...difference.columns.map(({ column }) => printable(column).length));
  const side = (name: string): string => colors.dim(name.padEnd('unified'.length));
  const gap = '    ';
  const room = style.width - gap.length - width - '  unified  '.length;
  return [
    '',
    `  ${colors.red(KIND_TEXT[difference.kind])}  row ${colors.bold(printable(difference.row))}`,
    `${gap}${colors.dim(`batch ${difference.batch}, key ${printable(difference.key)}`)}`,
    ...difference.columns.flatMap(({ column, legacy, unified }) => {
      const shown = excerpt(legacy, unified, Math.max(20, room), style);
      const blank = ' '.repeat(width);
      return [
        `${gap}${printable(column).padEnd(width)}  ${side('legacy')}  ${shown.legacy}`,
        `${gap}${blank}  ${side('unified')}  ${shown.unified}`,
        ...(shown.remark === '' ? [] : [`${gap}${blank}  ${colors.dim(shown.remark)}`]),
      ];
    }),
  ];
}

const MOST_RUNS = 12;

/** `1, 4..7, 9`, and an ellipsis when that gets long. */
function batchNumbers(numbers: readonly number[]): string {
  const runs: { from: number; to: number }[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && number <= last.to + 1) last.to = number;
    else runs.push({ from: number, to: number });
  }
  const text = runs.slice(0, MOST_RUNS).map(({ from, to }) => (from === to ? `${from}` : `${from}..${to}`));
  return [...text, ...(runs.length > MOST_RUNS ? ['…'] : [])].join(', ');
}
