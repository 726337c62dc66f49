import { decode, encode } from '../../copy-binary/values.js';
import { ident, literal } from '../../db/identifier.js';
import type { ComputedColumn, Conversion, PhaseMapping, Survivorship } from '../../mapping/mapping.js';
import { agrees, ownGiverOf } from '../../mapping/own-giver.js';
import { besideIn, fromUnified, givesOf } from '../../mapping/restore.js';
import { type FallbackRule, type ReverseRules, refuse } from '../../mapping/reverse.js';
import { generatedGolden, generatedValue } from './generated.js';
import { flagOf, type LegacyColumn, type LegacySide, passesChecks } from './legacy-columns.js';
import { forget, remember } from './shared-residue.js';

interface Contributor {
  readonly side: LegacySide;
  readonly column: LegacyColumn;
  readonly conversion: Conversion;
}

/**
 * A golden column that an application writes: the first source that the row has and that can hold the value gets it,
 * so that survivorship makes it the golden value again; so do all others that can hold it. Those that cannot keep what
 * they had, in the residue, as a merge would leave them. Where none can hold it, the write is refused.
 */
export function goldenChecks(
  mapping: PhaseMapping,
  sides: readonly LegacySide[],
  rules: ReverseRules,
): string[] {
  const targets = new Map<string, Map<string | null, Contributor[]>>();
  for (const side of sides) {
    for (const column of side.columns) {
      const { home } = column.bound;
      if (home.kind !== 'golden' && home.kind !== 'member') continue;
      const member = home.kind === 'member' ? home.member : null;
      for (const { target, conversion } of givesOf(home)) {
        const members = targets.get(target) ?? new Map<string | null, Contributor[]>();
        targets.set(target, members);
        members.set(member, [...(members.get(member) ?? []), { side, column, conversion }]);
      }
    }
  }
  return mapping.computed.flatMap((column) => {
    const members = targets.get(column.name);
    if (members === undefined) return [];
    const plain = members.get(null);
    return plain === undefined
      ? memberChecks(column.name, members)
      : plainChecks(column, inPrecedence(plain, column), {
          fallback: rules.fallbacks[column.name],
          isKept: sides.flatMap((side) => keptBeside(side, column.name)),
        });
  });
}

/** SQL conditions: a column of the side's own gives the shared column the very value that it has in `new`. */
function keptBeside(side: LegacySide, target: string): string[] {
  return side.columns.flatMap(({ bound }) => {
    const giver = ownGiverOf(side.source, bound, target);
    return giver === null ? [] : [`(${flagOf(side, 'new')} and ${agrees(giver, `new.${ident(target)}`)})`];
  });
}

/** In the order in which the golden column takes its value from them. */
function inPrecedence(
  contributors: readonly Contributor[],
  { survivorship }: ComputedColumn,
): readonly Contributor[] {
  if (survivorship === undefined) return contributors;
  const place = ({ side, column }: Contributor) =>
    survivorship.givers.findIndex(
      (giver) => giver.table === side.source.rule.table && giver.column === column.bound.name,
    );
  return [...contributors].sort((a, b) => place(a) - place(b));
}

function plainChecks(
  { name: target, ddl, survivorship }: ComputedColumn,
  contributors: readonly Contributor[],
  { fallback, isKept }: { readonly fallback: FallbackRule | undefined; readonly isKept: readonly string[] },
): string[] {
  const by = survivorship?.by ?? 'precedence';
  const nullsCount = survivorship?.nullsCount === true;
  const [value, before] = [`new.${ident(target)}`, `old.${ident(target)}`];
  const otherwise = fallback?.value ?? 'null';
  return [
    `if (tg_op = 'INSERT' or ${differs(ddl, value, before)}) then`,
    ...defaulted(value, ddl, contributors),
    `if ${value} is not null then`,
    ...settle(target, contributors, value, {
      by,
      nullsCount,
      given: [`${value} is not distinct from (${otherwise})`, ...isKept].join(' or '),
    }),
    'else',
    ...contributors.map(({ side, column }) => forget(side, column.bound)),
    ...contributors.flatMap((contributor) => holdsNone(target, contributor)),
    ...(fallback === undefined
      ? []
      : [
          `if (${otherwise}) is not null then`,
          refuse(
            'golden',
            `Column ${target} would not stay empty: another legacy column gives it a value.`,
            'Give it a value.',
          ),
          'end if;',
        ]),
    'end if;',
    ...followed(value, contributors, fallback),
    'end if;',
  ];
}

/** plpgsql that refuses no value where the legacy column could not say so, as others have theirs. */
function holdsNone(target: string, { side, column, conversion }: Contributor): string[] {
  const condition = conversion.holdsNone?.(besideIn(side.source, 'new'));
  if (condition === undefined) return [];
  return [
    `if ${flagOf(side, 'new')} and not coalesce(${condition}, false) then`,
    refuse(
      'golden',
      `Column ${target} cannot be empty beside the other columns that ${side.source.rule.table}.${column.bound.name} says.`,
      'Write all of them together, as one of its words says them.',
    ),
    'end if;',
  ];
}

/** Equal numbers may be printed with other places, and so may those in documents. */
function differs(ddl: string, value: string, before: string): string {
  return /^(?:numeric\b(?!\()|jsonb\b)/.test(ddl)
    ? `${value}::text is distinct from ${before}::text`
    : `${value} is distinct from ${before}`;
}

/** plpgsql that gives a new row what a legacy column fills in which takes no null. */
function defaulted(value: string, ddl: string, contributors: readonly Contributor[]): string[] {
  return contributors.flatMap((contributor) => {
    const { side, column, conversion } = contributor;
    const type = /^\w+/.exec(ddl)?.[0] ?? '';
    const constant = column.notNull ? goldenDefault(column, conversion, ddl) : null;
    const filled = column.generated ? generatedGolden(side, column, type) : constant;
    if (filled === null) return [];
    const isMissing = `tg_op = 'INSERT' and ${value} is null and ${flagOf(side, 'new')}`;
    return [`if ${isMissing} then ${value} := ${filled}; end if;`];
  });
}

/** Values of these are computed by defaults: `now()`, `gen_random_uuid()`. Of one type, they are converted as they are. */
const COMPUTED: ReadonlySet<string> = new Set(['timestamptz', 'timestamp', 'date', 'uuid']);
/** Golden values of the others are texts. */
const TEXTS = /^(?:text|integer|bigint|numeric|boolean|jsonb)\b/;

/** A sequence numbers the rows. */
const NUMBERED = /^nextval\(/;

/** Whether a number is converted to the same one, in no other unit. */
function isAsItIs({ forward }: Conversion): boolean {
  return ['7', '13'].every((number) => {
    const golden = forward(encode(number));
    return golden !== null && decode(golden) === number;
  });
}

/** SQL of a golden type for what the legacy column's default is; null where there is none, or none that is known now. */
export function goldenDefault(
  { constant, default: value, bound }: LegacyColumn,
  conversion: Conversion,
  ddl: string,
): string | null {
  if (value === null) return null;
  const type = /^\w+(?:\(\d+(?:, ?\d+)?\))?/.exec(ddl)?.[0] ?? '';
  if (bound.type.kind === type && COMPUTED.has(type)) return `(${value})::${type}`;
  if (NUMBERED.test(value)) return isAsItIs(conversion) && TEXTS.test(type) ? `(${value})::${type}` : null;
  // Which conversion it has is said by another column, whose value is not known yet.
  const isKnown = constant !== null && TEXTS.test(type) && conversion.chosen === undefined;
  const golden = isKnown ? conversion.forward(encode(constant)) : null;
  return golden === null ? null : `${literal(decode(golden))}::${type}`;
}

/** A value that was left as it was, where no source has one: as a merge will make it now. */
function followed(
  value: string,
  contributors: readonly Contributor[],
  fallback: FallbackRule | undefined,
): string[] {
  if (fallback === undefined || fallback.follows === null) return [];
  const given = contributors.map(
    ({ side, column }) =>
      `(${flagOf(side, 'new')} and (${fromUnified(side.source, column.bound, 'new')}) is not null)`,
  );
  const nobody = given.length === 0 ? 'true' : `not (${given.join(' or ')})`;
  return [`elsif ${fallback.follows} and ${nobody} then`, `${value} := (${fallback.value});`];
}

/** Members of a jsonb column are golden values each; null members are no members. */
function memberChecks(target: string, members: ReadonlyMap<string | null, readonly Contributor[]>): string[] {
  const [whole, before] = [`new.${ident(target)}`, `old.${ident(target)}`];
  const known = [...members.keys()].map((member) => literal(member ?? ''));
  return [
    `if ${whole} is not null and (tg_op = 'INSERT' or ${whole} is distinct from ${before}) then`,
    `if jsonb_typeof(${whole}) <> 'object' or ${whole} - array[${known.join(', ')}] <> '{}'`,
    `or exists (select from jsonb_each(case when jsonb_typeof(${whole}) = 'object' then ${whole} end) e where jsonb_typeof(e.value) not in ('number', 'null')) then`,
    refuse(
      'members',
      `Column ${target} is an object of the numbers that the legacy tables have columns for: ${known.join(', ').replaceAll("'", '')}.`,
      'Leave the others out.',
    ),
    'end if;',
    `${whole} := nullif(jsonb_strip_nulls(${whole}), '{}');`,
    'end if;',
    ...[...members].flatMap(([member, contributors]) => {
      const name = literal(member ?? '');
      const value = `(${whole} ->> ${name})::numeric`;
      return [
        `if (case when tg_op = 'INSERT' then ${whole} ? ${name} else ${value} is distinct from (${before} ->> ${name})::numeric end) then`,
        `if ${value} is not null then`,
        ...settle(`${target}.${member ?? ''}`, contributors, value, HELD_BY_FIRST),
        // With the two places that a merge gives it.
        `${whole} := jsonb_set(${whole}, array[${name}], to_jsonb(${value}::numeric(5,2)));`,
        'else',
        ...contributors.map(({ side, column }) => forget(side, column.bound)),
        'end if;',
        'end if;',
      ];
    }),
  ];
}

interface Survival {
  readonly by: Survivorship['by'];
  readonly nullsCount: boolean;
  readonly given: string;
}

const HELD_BY_FIRST: Survival = { by: 'precedence', nullsCount: false, given: 'false' };

/**
 * plpgsql that gives a value to the sources that can hold it, in the order of survivorship.
 *
 * @param how `by`: which giver's value survives; `nullsCount`: whether one without a value may; `given`: SQL, whether the value
 *   comes without one
 */
function settle(
  target: string,
  contributors: readonly Contributor[],
  value: string,
  { by, nullsCount, given }: Survival,
): string[] {
  const tables = contributors.map(({ side, column }) => `${side.source.rule.table}.${column.bound.name}`);
  const lines = ['v_lost := null;'];
  for (const { side, column, conversion } of contributors) {
    // A member of a document is no variable: it gets the places of all members.
    const beside = besideIn(side.source, 'new');
    const respelled = value.startsWith('new.') ? conversion.respelled?.(value, beside) : undefined;
    const inverse = conversion.inverse(value, beside);
    const isAlike = `(${respelled})::text = ${value}::text`;
    const alike = respelled === undefined || by !== 'newest' ? '' : ` and (v_lost is null or ${isAlike})`;
    const restored = (alias: string) => fromUnified(side.source, column.bound, alias);
    const isNumber = `tg_op = 'INSERT' or not ${flagOf(side, 'old')} or (${inverse})::text = (${restored('old')})::text`;
    const computed = column.generated ? generatedValue(side, column) : null;
    const isComputed = computed === null ? 'false' : `(${inverse})::text = (${computed})::text`;
    const kept = `${column.numbered ? ` and (${isNumber})` : ''}${column.generated ? ` and ${isComputed}` : ''}`;
    const holds = `coalesce(${conversion.holds(value, beside)} and ${passesChecks(column, inverse)}${alike}${kept}, false)`;
    lines.push(
      `if ${flagOf(side, 'new')} then`,
      `if ${holds} then`,
      ...(respelled === undefined
        ? [forget(side, column.bound)]
        : [
            `if v_lost is null then ${value} := ${respelled}; end if;`,
            `if ${isAlike} then`,
            forget(side, column.bound),
            'else',
            remember(side, column.bound, `(${inverse})::text`),
            'end if;',
          ]),
      `v_lost := coalesce(v_lost, 'held');`,
      // An earlier source that has a value of its own would win again; where the newest wins, any other one may.
      `elsif ${by === 'newest' ? 'true' : 'v_lost is null'}${nullsCount ? '' : ` and tg_op = 'UPDATE' and ${flagOf(side, 'old')} and (${restored('old')}) is not null`} then`,
      `v_lost := 'lost';`,
      'else',
      remember(
        side,
        column.bound,
        `case when tg_op = 'UPDATE' and ${flagOf(side, 'old')} then (${restored('old')})::text${column.constant === null ? '' : ` else ${literal(column.constant)}`} end`,
      ),
      'end if;',
      'end if;',
    );
  }
  return [
    ...lines,
    `if v_lost is distinct from 'held' and not (${given}) then`,
    refuse(
      'golden',
      `The value for ${target} cannot be held by the legacy columns of this row (${tables.join(', ')}): it would be lost by a rollback.`,
      'Give a value that fits into one of them, or set the from_* flag of a table that can hold it, with what that table wants of a row.',
    ),
    'end if;',
  ];
}
