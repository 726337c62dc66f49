import type { CutoverFinding } from '../../reports/cutover.js';
import { counted } from '../../words/format.js';
import { printable } from '../../words/printable.js';
import type { Style } from '../style.js';
import { subheading } from './parts.js';
import { wrap } from './text.js';

/** What stops comes first, then what is different, then what goes on as it is: the last in one line each. */
export function findingLines(findings: readonly CutoverFinding[], style: Style): string[] {
  const { colors } = style;
  const of = (verdict: CutoverFinding['verdict']) =>
    findings.filter((finding) => finding.verdict === verdict);
  const signs = { stops: colors.red('✖'), warned: colors.yellow('!'), carried: colors.green('✔') };
  const lines = (finding: CutoverFinding) => [
    ...wrap(
      `  ${signs[finding.verdict]} ${printable(finding.object)}: ${printable(finding.why)}`,
      style.width,
      '    ',
    ),
    ...(finding.next === '' ? [] : wrap(`    → ${printable(finding.next)}`, style.width, '      ')),
  ];
  const part = (title: string, some: readonly CutoverFinding[]) =>
    some.length === 0
      ? []
      : [...subheading(`${title} (${counted(some.length, 'finding')})`, style), ...some.flatMap(lines)];
  return [
    ...part('Stops', of('stops')),
    ...part('Is different', of('warned')),
    ...part('Carried over', of('carried')),
  ];
}
