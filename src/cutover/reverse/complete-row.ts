import { ident, literal } from '../../db/identifier.js';
import { keptType, storedValue } from '../../mapping/bind.js';
import { printed } from '../../mapping/conversions/same.js';
import type { BoundColumn, ComputedColumn, PhaseMapping } from '../../mapping/mapping.js';
import type { Phase } from '../../mapping/phase.js';
import { fromUnified, givesOf } from '../../mapping/restore.js';
import { type ReverseRules, refuse } from '../../mapping/reverse.js';
import { ownBlock, ownTarget } from '../../mapping/tables.js';
import type { Targets } from '../../mapping/targets.js';
import { differ } from '../../types/spelling.js';
import { generatedColumns } from './generated.js';
import { goldenChecks } from './golden.js';
import { flagOf, type LegacySide } from './legacy-columns.js';
import { fillOwnGivers, keptValue, ownGiversOf } from './own-givers.js';
import { holdRows, keptNumbers } from './statements.js';
import { winnerGuard } from './winners.js';

/**
 * plpgsql that runs before an application's row of the unified table is stored. It fills in what the application does
 * not know (keys, flags, the legacy columns' defaults), so that the row is one of the legacy tables too, and refuses
 * what those cannot hold: now, while the application can still do something about it, and never by cutting a value.
 */
export function completeRowBody(phase: Phase, targets: Targets, sides: readonly LegacySide[]): string {
  const rules = phase.reverse;
  const primary = sides.filter(({ source }) => source.rule.flag !== null);
  return [
    `declare v_lost text; ${rules.declare}`,
    'begin',
    `if tg_op = 'UPDATE' then`,
    ...primary.flatMap((side) => holdRows(side, (column, alias) => fromUnified(side.source, column, alias))),
    'end if;',
    ...ownResidue(phase),
    rules.keys,
    ...flags(primary, rules),
    rules.rows,
    ...primary.flatMap(fillDefaults),
    ...fillOwnGivers(primary),
    ...primary.flatMap((side) => ownColumns(side, phase.bound.mapping)),
    ...(rules.given === undefined ? [] : [rules.given]),
    ...nobodys(phase, rules),
    ...goldenChecks(phase.bound.mapping, primary, rules),
    ...primary.flatMap((side) =>
      keptNumbers(side, (column, alias) => fromUnified(side.source, column, alias)),
    ),
    ...primary.flatMap(generatedColumns),
    ...(rules.last === undefined ? [] : [rules.last]),
    ...primary.flatMap((side) => winnerGuard(side, targets, rules)),
    'return new;',
    'end',
  ].join('\n');
}

/** What the shared columns would not give back follows from what is written to those, and to nothing else. */
function ownResidue({ bound: { mapping } }: Phase): string[] {
  if (!mapping.computed.some(({ name }) => name === 'residue')) return [];
  return [
    `if new.residue is distinct from (case when tg_op = 'UPDATE' then old.residue end) then`,
    refuse(
      'residue',
      'The residue is what the legacy tables hold beside the shared columns.',
      'Leave residue out, and write the shared columns.',
    ),
    'end if;',
  ];
}

/** Which sources the row has. What is not said follows from whether there is a value that only that source can hold. */
function flags(sides: readonly LegacySide[], rules: ReverseRules): string[] {
  const held = new Set<string>();
  const lines = sides.map((side) => {
    const flag = flagOf(side, 'new');
    const only = new Set<string>();
    for (const { bound } of side.columns) {
      if (bound.home.kind === 'own') only.add(isThere(bound.home.target));
      for (const target of sharedBy(bound).filter((one) => !held.has(one))) {
        const value = `new.${ident(target)}`;
        const otherwise = rules.fallbacks[target]?.value;
        const conditions = [
          `${value} is not null`,
          ...(otherwise === undefined ? [] : [`${value} is distinct from (${otherwise})`]),
          ...ownGiversOf(sides, target).map((own) => `new.${ident(own)} is null`),
        ];
        only.add(`(${conditions.join(' and ')})`);
      }
    }
    for (const { bound } of side.columns) for (const target of sharedBy(bound)) held.add(target);
    const presence = only.size === 0 ? 'false' : `(${[...only].join(' or ')})`;
    return `if tg_op = 'INSERT' then ${flag} := coalesce(${flag}, ${presence}); else ${flag} := coalesce(${flag}, ${flagOf(side, 'old')}); end if;`;
  });
  const had = sides.map((side) => flagOf(side, 'old')).join(' or ');
  const none = sides.map((side) => `not ${flagOf(side, 'new')}`).join(' and ');
  return [
    ...lines,
    // A row may be made of folded rows alone: it never had any.
    `if ${none === '' ? 'true' : none} and (tg_op = 'INSERT' or ${had === '' ? 'false' : had}) then`,
    refuse('flags', 'A row that no legacy table has any more is to be deleted, not emptied.', 'Delete it.'),
    'end if;',
  ];
}

function sharedBy({ home }: BoundColumn): readonly string[] {
  return home.kind === 'golden' || home.kind === 'member' ? givesOf(home).map(({ target }) => target) : [];
}

/** SQL: whether a column has a value. A record with a null in it is not null and has one all the same. */
const isThere = (target: string) => `new.${ident(target)} is distinct from null`;

const isNew = (side: LegacySide) => `(tg_op = 'INSERT' or not ${flagOf(side, 'old')})`;

/** What the legacy table would fill in by itself has to stand in the unified row as well. */
function fillDefaults(side: LegacySide): string[] {
  const fills = side.columns.flatMap(({ bound, default: value }) => {
    if (bound.home.kind !== 'own' || value === null) return [];
    const target = `new.${ident(bound.home.target)}`;
    return [`${target} := coalesce(${target}, ${keptValue(bound, value)});`];
  });
  return fills.length === 0 ? [] : [`if ${flagOf(side, 'new')} and ${isNew(side)} then`, ...fills, 'end if;'];
}

/** Columns that one source alone has: it has to be there, to take values, and to hold this one whole. */
function ownColumns(side: LegacySide, { thing, takeOver }: PhaseMapping): string[] {
  const { source } = side;
  const { table } = source.rule;
  const whole: string[] = [];
  const generated: string[] = [];
  const spelled: string[] = [];
  for (const { bound, generated: isGenerated } of side.columns) {
    if (bound.home.kind !== 'own') continue;
    const value = `new.${ident(bound.home.target)}`;
    const before = `old.${ident(bound.home.target)}`;
    const type = keptType(bound.type, bound.home.stored);
    const changed = `(case when tg_op = 'INSERT' then ${isThere(bound.home.target)} else ${differ(type, value, before)} end)`;
    if (isGenerated) generated.push(`when ${changed} then ${literal(bound.home.target)}`);
    else if (bound.home.stored !== bound.type.name && bound.type.kind !== 'xml') {
      const legacy = `(${fromUnified(source, bound, 'new')})::text`;
      // What is kept as text may be spelled in several ways: compared and kept is how the legacy table prints the value.
      const given = bound.type.binary
        ? `(${value})::text`
        : `${value}::${withoutModifier(bound.type.base)}::text`;
      whole.push(
        `when ${changed} and ${legacy} collate "C" is distinct from ${given} collate "C" then ${literal(bound.home.target)}`,
      );
      const restored = fromUnified(source, bound, 'new');
      const kept = bound.type.binary ? printed(restored) : storedValue(restored, bound.type);
      if (!bound.type.binary || bound.type.kind === 'bpchar')
        spelled.push(`if ${changed} then ${value} := ${kept}; end if;`);
    }
  }
  const present = ownBlock(source).map((column) => {
    const target = ownTarget(column);
    // A completion that did not come to its end may have given the row an id already.
    const isGiven = takeOver?.table === table && target === takeOver.id.meanwhile;
    const unlessGiven = `(case when tg_op = 'INSERT' then true else new.${ident(target)} is distinct from old.${ident(target)} end)`;
    return `when ${isThere(target)}${isGiven ? ` and ${unlessGiven}` : ''} then ${literal(target)}`;
  });
  const check = (cases: readonly string[], rule: string, why: string, next: string) =>
    cases.length === 0
      ? []
      : [
          `v_lost := case ${cases.join(' ')} end;`,
          'if v_lost is not null then',
          refuseNamed(rule, why, next),
          'end if;',
        ];
  return [
    `if ${flagOf(side, 'new')} then`,
    ...check(generated, 'generated', `Column %s is computed by the legacy table ${table}.`, 'Leave it out.'),
    ...check(
      whole,
      'too_long',
      `The value for %s does not fit into its column of the legacy table ${table}.`,
      'Shorten it, or complete the migration first.',
    ),
    ...spelled,
    `elsif tg_op = 'UPDATE' and ${flagOf(side, 'old')} then`,
    // The source is taken away from the row: what it alone had goes with it.
    ...ownBlock(source).map((column) => `new.${ident(ownTarget(column))} := null;`),
    'null;',
    'else',
    ...check(
      present,
      'no_source',
      `Column %s is one of the legacy table ${table}, which has no row for this ${thing}.`,
      `Set ${source.rule.flag ?? ''} as well, and what ${table} wants of a row.`,
    ),
    'end if;',
  ];
}

/** A type as `format_type` prints it, without the length or the precision that cuts values. */
function withoutModifier(type: string): string {
  return type.replace(/\([^()"]*\)(?=(\[\])*$)/, '');
}

/** Columns that no legacy table has, and those that are summed up from many rows. */
function nobodys(phase: Phase, rules: ReverseRules): string[] {
  const { mapping, sources } = phase.bound;
  const taken = new Set(sources.flatMap((source) => ownBlock(source).map(ownTarget)));
  // They are not null, and are filled in for a new row.
  const isInserted = (name: string) => Object.hasOwn(mapping.defaults, name);
  const isGenerated = (column: ComputedColumn) => column.ddl.includes('generated always');
  const orphans = mapping.always
    .filter((column) => !taken.has(column.name) && !isGenerated(column))
    .map(({ name }) => name);
  const cases = (names: readonly string[]) =>
    names.map(
      (name) =>
        `when new.${ident(name)} is distinct from case when tg_op = 'UPDATE' then old.${ident(name)} end then ${literal(name)}`,
    );
  const [lost, computed] = [cases(orphans), cases(rules.computed.filter((name) => !isInserted(name)))];
  const summed = rules.computed
    .filter(isInserted)
    .map(
      (name) =>
        `when tg_op = 'UPDATE' and new.${ident(name)} is distinct from old.${ident(name)} then ${literal(name)}`,
    );
  return [
    ...(lost.length === 0
      ? []
      : [
          `v_lost := case ${lost.join(' ')} end;`,
          'if v_lost is not null then',
          refuseNamed(
            'no_column',
            'No legacy table has a column for %s: it would be lost by a rollback.',
            'Leave it out until the migration is completed.',
          ),
          'end if;',
        ]),
    ...(computed.length + summed.length === 0
      ? []
      : [
          `v_lost := case ${[...computed, ...summed].join(' ')} end;`,
          'if v_lost is not null then',
          refuseNamed(
            'computed',
            'Column %s is summed up from legacy rows.',
            'Write those through their old name.',
          ),
          'end if;',
        ]),
  ];
}

/** As `refuse`, with the column's name, which stands in `v_lost`, in the message. */
function refuseNamed(rule: string, why: string, next: string): string {
  return (
    refuse(rule, why, next)
      // No `format`: a table may have a percent sign in its name.
      .replace(`message = ${literal(why)}`, () => `message = replace(${literal(why)}, '%s', v_lost)`)
      .replace('schema = tg_table_schema', 'column = v_lost, schema = tg_table_schema')
  );
}
