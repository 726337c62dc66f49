import { TRUTHS } from './forms.js';
import type { ColumnProfile } from './profile.js';
import { factorText } from './ratio.js';
import type { SharedPair } from './shared.js';
import { type VocabularyProposal, vocabularyOf } from './words.js';

/** A column that gives a shared one its value; `wrap` is the word of the declaration that converts it, with its arguments. */
export interface GiverProposal {
  readonly column: ColumnProfile;
  readonly wrap: { readonly word: string; readonly rest: readonly string[] } | null;
}

/** What a shared column holds, and how each giver leads there. */
export interface GoldenProposal {
  /** The word of the declaration: `text`, `score`, ...; `words`: those of `vocabulary`; `as`: a type of the server's. */
  readonly word: string;
  readonly sqlType: string | null;
  readonly vocabulary: VocabularyProposal | null;
  readonly givers: readonly GiverProposal[];
  /** What was assumed; null: nothing. */
  readonly doubt: string | null;
}

const plain = (column: ColumnProfile): GiverProposal => ({ column, wrap: null });
const wrapped = (column: ColumnProfile, word: string, ...rest: readonly string[]): GiverProposal => ({
  column,
  wrap: { word, rest },
});

const WHOLE: ReadonlySet<string> = new Set(['int2', 'int4', 'int8']);

const isText = ({ type }: ColumnProfile) => !type.isArray && (type.category === 'S' || type.category === 'E');
const isWhole = ({ type }: ColumnProfile) => WHOLE.has(type.kind);
const isNumber = (column: ColumnProfile) =>
  isWhole(column) || ['numeric', 'float4', 'float8'].includes(column.type.kind);
const hasForm =
  (...forms: readonly string[]) =>
  (column: ColumnProfile) =>
    forms.includes(column.form);
const hasKind =
  (...kinds: readonly string[]) =>
  (column: ColumnProfile) =>
    kinds.includes(column.type.kind);

/**
 * Which shared column some columns can become.
 *
 * @param pairs - what is known of two of them each
 * @returns null where there is no way from all of them to one type
 */
export function goldenOf(
  columns: readonly ColumnProfile[],
  pairs: readonly SharedPair[],
): GoldenProposal | null {
  const made = (word: string, givers: readonly GiverProposal[], more: Partial<GoldenProposal> = {}) => ({
    word,
    givers,
    sqlType: null,
    vocabulary: null,
    doubt: null,
    ...more,
  });
  const all = (test: (column: ColumnProfile) => boolean) => columns.every(test);
  const some = (test: (column: ColumnProfile) => boolean) => columns.some(test);
  if (some(hasKind('bool')) && all((one) => hasKind('bool')(one) || hasForm('boolean')(one)))
    return made('boolean', columns.map(truthOf));
  if (all(isText)) {
    if (all(hasForm('boolean'))) return made('boolean', columns.map(truthOf));
    const vocabulary = vocabularyOf(columns, pairs);
    if (vocabulary !== null)
      return made('words', columns.map(plain), { vocabulary, doubt: vocabulary.doubt });
    return made('text', columns.map(plain));
  }
  // A number that some write as a text is one that nobody adds up.
  if (
    some(isText) &&
    all((one) => (isText(one) && hasForm('whole')(one)) || isWhole(one)) &&
    !isScaled(pairs)
  )
    return made('text', columns.map(printed));
  if (some(isNumber) && all((one) => isNumber(one) || (isText(one) && hasForm('whole', 'decimal')(one))))
    return numberOf(columns, pairs);
  if (all((one) => isText(one) || isWhole(one) || hasKind('uuid')(one)) && some(isText)) {
    if (some(hasKind('uuid')) && all(hasForm('uuid'))) return made('id', columns.map(plain));
    return made(
      'text',
      columns.map((one) => (isText(one) ? plain(one) : wrapped(one, 'printed'))),
    );
  }
  if (all(hasKind('uuid'))) return made('id', columns.map(plain));
  if (
    some(hasKind('json', 'jsonb')) &&
    all((one) => hasKind('json', 'jsonb')(one) || (isText(one) && one.form === 'json'))
  )
    return made('json', columns.map(plain));
  if (some(hasKind('date', 'timestamp', 'timestamptz'))) return momentOf(columns);
  const [first] = columns;
  if (first !== undefined && all(({ type }) => type.base === first.type.base))
    return made('as', columns.map(plain), { sqlType: first.type.base });
  return null;
}

const printed = (column: ColumnProfile) => (isText(column) ? plain(column) : wrapped(column, 'printed'));

function isScaled(pairs: readonly SharedPair[]): boolean {
  return pairs.some(({ agreement: { ratio } }) => ratio !== null && ratio.factor !== 1 && ratio.share >= 0.4);
}

/** A boolean, or words that mean one: those that are there, the most frequent first. */
function truthOf(column: ColumnProfile): GiverProposal {
  if (column.type.kind === 'bool') return plain(column);
  const said = (truth: boolean) =>
    [...column.spellings.keys()].filter((raw) => TRUTHS.get(raw.trim().toLowerCase()) === truth);
  const list = (words: readonly string[]) =>
    `[${words.map((word) => `'${word.replaceAll("'", "\\'")}'`).join(', ')}]`;
  return wrapped(column, 'truth', `{ yes: ${list(said(true))}, no: ${list(said(false))} }`);
}

function numberOf(columns: readonly ColumnProfile[], pairs: readonly SharedPair[]): GoldenProposal | null {
  const [first] = columns as readonly [ColumnProfile];
  const base = { sqlType: null, vocabulary: null, doubt: null };
  const scaled = columns.map((column) => ({ column, factor: factorTo(column, first, pairs) }));
  const opposite = pairs.find(
    ({ agreement }) => (agreement.ratio?.opposite ?? 0) >= 0.7 && (agreement.ratio?.share ?? 0) < 0.7,
  );
  const isScaled = opposite !== undefined || scaled.some(({ factor }) => factor !== 1);
  if (isScaled && columns.every((column) => scaleOf(column) !== null)) {
    const givers = columns.map((column) => {
      const turned = opposite !== undefined && column === opposite.right && scaleOf(column) === 'unit';
      return wrapped(column, turned ? 'unitComplement' : (scaleOf(column) ?? 'unit'));
    });
    const doubt = columns.some(isOnlyMostly)
      ? 'some values are on neither scale, and are kept as residue'
      : null;
    return { ...base, word: 'score', givers, doubt };
  }
  if (opposite !== undefined) return null;
  const givers = scaled.map(({ column, factor }) =>
    factor === 1 ? plain(column) : wrapped(column, 'times', `'${factorText(factor)}'`),
  );
  const whole = columns.every(isWhole) && scaled.every(({ factor }) => Number.isInteger(factor));
  const word = !whole
    ? 'numeric'
    : columns.every(({ type }) => type.kind !== 'int8') && !isScaled
      ? 'integer'
      : 'bigint';
  return { ...base, word, givers };
}

/** By what a column's numbers have to be multiplied to be those of another one. */
function factorTo(column: ColumnProfile, first: ColumnProfile, pairs: readonly SharedPair[]): number {
  const pair = pairs.find(
    ({ left, right }) => [left, right].includes(column) && [left, right].includes(first),
  );
  const ratio = pair?.agreement.ratio ?? null;
  if (column === first || pair === undefined || ratio === null || ratio.share < 0.4) return 1;
  return pair.left === first ? 1 / ratio.factor : ratio.factor;
}

/** Whether numbers go from 0 to 1 or from 0 to 100, most of them. */
function scaleOf({ spellings, range, tops }: ColumnProfile): 'unit' | 'percent' | null {
  const values = (spellings.size > 0 ? [...spellings.keys()] : tops.map(({ raw }) => raw)).map(Number);
  if (range === null || values.length === 0) return null;
  const within = (most: number) =>
    values.filter((value) => value >= 0 && value <= most).length / values.length;
  if (within(1) >= 0.75) return 'unit';
  return within(100) >= 0.6 ? 'percent' : null;
}

function isOnlyMostly(column: ColumnProfile): boolean {
  const { range } = column;
  return range !== null && (range.least < 0 || range.most > (scaleOf(column) === 'unit' ? 1 : 100));
}

/** Days, moments, and times without a zone, which are read as UTC until somebody knows better. */
function momentOf(columns: readonly ColumnProfile[]): GoldenProposal | null {
  const kinds = new Set(columns.map(({ type }) => type.kind));
  const isKnown = ({ type, form }: ColumnProfile) =>
    ['date', 'timestamp', 'timestamptz'].includes(type.kind) || WHOLE.has(type.kind) || form === 'moment';
  if (!columns.every(isKnown)) return null;
  const hasEpoch = columns.some(isWhole);
  const hasZone = kinds.has('timestamptz') || hasEpoch;
  const word = hasZone ? 'moment' : kinds.has('timestamp') ? 'localTime' : 'date';
  const givers = columns.map((column) => {
    if (isWhole(column))
      return wrapped(column, 'epoch', ...((column.range?.most ?? 0) > 1e11 ? [`'milliseconds'`] : []));
    const needsZone = hasZone && (column.type.kind === 'timestamp' || column.type.kind === 'date');
    return needsZone ? wrapped(column, 'inZone', `'UTC'`) : plain(column);
  });
  const doubt = givers.some(({ wrap }) => wrap?.word === 'inZone')
    ? 'times without a zone are taken for UTC'
    : null;
  return { word, givers, sqlType: null, vocabulary: null, doubt };
}
