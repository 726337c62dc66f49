import { count, counted } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { AdoptFinding, AdoptReport, PhaseAdoption } from '../../reports/adopt.js';
import type { Style } from '../style.js';
import { facts, heading, mark, subheading } from './parts.js';
import { wrap } from './text.js';

const OUTCOMES = {
  adopted: 'Adopted: drydock run, sync, cutover, rollback and complete go on from here.',
  'would-adopt': 'Nothing stands in the way; nothing was changed.',
  'nothing-to-adopt': 'Nothing to adopt: everything is where the ledger says.',
  refused: 'Not adopted: what stops it is named above. Nothing was changed.',
} as const satisfies Readonly<Record<AdoptReport['outcome'], string>>;

/** What `drydock adopt` found and did. */
export function renderAdopt(report: AdoptReport, style: Style): string[] {
  const { colors } = style;
  const several = new Set(report.phases.map(({ schema }) => schema)).size > 1;
  return [
    `${colors.bold(`Drydock adopt${report.dryRun ? ', dry run' : ''}`)}  ${printable(report.database)}`,
    ...(report.copyOf === null
      ? []
      : ['', ...wrap(`  This is a copy of database ${printable(report.copyOf)}.`, style.width, '  ')]),
    ...report.phases.flatMap((phase) => [
      ...heading(several ? `${printable(phase.schema)}.${phase.phase}` : phase.phase, '', style),
      ...facts(phaseFacts(phase, style), style),
      ...findingParts(
        report.findings.filter((found) => found.schema === phase.schema && found.phase === phase.phase),
        style,
      ),
    ]),
    '',
    `${mark(report.outcome !== 'refused', style)} ${OUTCOMES[report.outcome]}`,
  ];
}

function phaseFacts(
  { asRemembered, found, captured, verification }: PhaseAdoption,
  style: Style,
): (readonly [string, string])[] {
  return [
    ['found', `${count(found)} by name, ${count(asRemembered)} as the ledger remembers them`],
    ...(captured.length === 0
      ? []
      : [
          [
            'captured',
            `${counted(captured.length, 'table')}: ${captured.map(printable).join(', ')}`,
          ] as const,
        ]),
    ...(verification === null
      ? []
      : [
          [
            'verified',
            `${mark(verification.equal, style)} ${verification.equal ? 'equal' : 'different'}`,
          ] as const,
        ]),
  ];
}

const PARTS = [
  ['stops', 'Stops', '✖'],
  ['warned', 'Missing or different', '!'],
  ['again', 'Made again', '+'],
] as const;

function findingParts(findings: readonly AdoptFinding[], style: Style): string[] {
  return PARTS.flatMap(([verdict, name, sign]) => {
    const some = findings.filter((found) => found.verdict === verdict);
    if (some.length === 0) return [];
    return [
      ...subheading(`${name} (${counted(some.length, 'finding')})`, style),
      ...some.flatMap(({ object, why, next }) => [
        ...wrap(`  ${sign} ${printable(object)}: ${printable(why)}`, style.width, '    '),
        ...(next === '' ? [] : wrap(`    → ${printable(next)}`, style.width, '      ')),
      ]),
    ];
  });
}
