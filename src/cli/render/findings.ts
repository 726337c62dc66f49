import { counted } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { CutoverFinding } from '../../reports/cutover.js';
import type { Style } from '../style.js';
import { subheading } from './parts.js';
import { wrap } from './text.js';

/** What stops comes first, then what is different, then what goes on as it is; what is said of several is said once. */
export function findingLines(findings: readonly CutoverFinding[], style: Style): string[] {
  const { colors } = style;
  const of = (verdict: CutoverFinding['verdict']) =>
    findings.filter((finding) => finding.verdict === verdict);
  const signs = { stops: colors.red('✖'), warned: colors.yellow('!'), carried: colors.green('✔') };
  const lines = ({ verdict, objects, why, next }: SharedFinding) => [
    ...wrap(
      `  ${signs[verdict]} ${objects.map(printable).join(', ')}: ${printable(why)}`,
      style.width,
      '    ',
    ),
    ...(next === '' ? [] : wrap(`    → ${printable(next)}`, style.width, '      ')),
  ];
  const part = (title: string, some: readonly CutoverFinding[]) =>
    some.length === 0
      ? []
      : [
          ...subheading(`${title} (${counted(some.length, 'finding')})`, style),
          ...shared(some).flatMap(lines),
        ];
  return [
    ...part('Stops', of('stops')),
    ...part('Is different', of('warned')),
    ...part('Carried over', of('carried')),
  ];
}

/** The same said of several objects. */
interface SharedFinding extends Pick<CutoverFinding, 'verdict' | 'why' | 'next'> {
  readonly objects: string[];
}

function shared(findings: readonly CutoverFinding[]): SharedFinding[] {
  const found = new Map<string, SharedFinding>();
  for (const { object, verdict, why, next } of findings) {
    const said = JSON.stringify([verdict, why, next]);
    const same = found.get(said);
    if (same === undefined) found.set(said, { objects: [object], verdict, why, next });
    else same.objects.push(object);
  }
  return [...found.values()];
}
