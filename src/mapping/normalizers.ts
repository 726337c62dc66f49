import { literal } from '../db/identifier.js';
import { rawText, uuidFromText } from '../keys/raw-id.js';

/**
 * How a value is spelled as part of a match key. All are SQL in the collation C over classes of ASCII characters that are
 * written out: `lower()`, `\s` and their like follow the locale and the version of the server, and a key that changes with
 * an upgrade of it is a moved row. Beyond ASCII, characters are equal byte for byte or not at all.
 */
export interface Normalizer {
  /** Names the rule in the ledger; its meaning never changes under one name. */
  readonly name: string;
  /** The same without exceptions: two that differ in these alone make keys that meet. */
  readonly family: string;
  /** The same without exceptions; left out: it has none. */
  readonly whole?: Normalizer;
  /**
   * SQL of type text; null for a value that gives no key.
   *
   * @param value - an expression of the column's own type
   */
  sql(value: string): string;
  /** The same, but these spellings, as they are after it, give no key: placeholders, and what too many rows share. */
  none(spellings: readonly string[]): Normalizer;
}

export const BLANKS = String.raw`e' \t\n\v\f\r'`;

const lowered = (text: string) =>
  `translate(${text}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')`;
const trimmedText = (text: string) => `nullif(btrim(${text}, ${BLANKS}), '')`;
const collapsed = (text: string) => `regexp_replace(${text}, '[ \\t\\n\\v\\f\\r]+', ' ', 'g')`;

function normalizer(name: string, sql: (text: string) => string, whole?: Normalizer): Normalizer {
  const family = whole?.family ?? name;
  return {
    name,
    family,
    ...(whole !== undefined && { whole }),
    sql: (value) => sql(rawText(value)),
    none(spellings) {
      const list = spellings.map(literal).join(', ');
      return normalizer(
        `${name} none ${JSON.stringify(spellings)}`,
        (text) =>
          spellings.length === 0
            ? sql(text)
            : `(select x.v from (select ${sql(text)} as v offset 0) x where x.v not in (${list}))`,
        whole ?? this,
      );
    },
  };
}

/** The value as it is printed; an empty text is one. */
export const exact = normalizer('exact', (text) => text);

/** Without blanks around it; nothing but blanks gives no key. */
export const trimmed = normalizer('trimmed', trimmedText);

/** ASCII letters in lower case, blanks trimmed and collapsed; nothing but blanks gives no key. */
export const folded = normalizer('folded', (text) => trimmedText(collapsed(lowered(text))));

/** An e-mail address: ASCII letters in lower case, without blanks around it. What has no `@` between other characters gives no key. */
export const email = normalizer(
  'email',
  (text) => `(select x.v from (select ${trimmedText(lowered(text))} as v offset 0) x where x.v like '_%@%_')`,
);

/** ASCII digits alone, as of a phone number; none give no key. */
export const digits = normalizer(
  'digits',
  (text) => `nullif(regexp_replace(${text}, '[^0-9]', '', 'g'), '')`,
);

/** A whole number, whatever its type: `007`, `+7` and 7 are one. What is none gives no key. */
export const integer = normalizer(
  'integer',
  (text) =>
    `(select case when x.v ~ '^[+-]?[0-9]+$' then case when ltrim(x.v, '+-0') = '' then '0' when x.v like '-%' then '-' || ltrim(x.v, '+-0') else ltrim(x.v, '+-0') end end from (select btrim(${text}, ${BLANKS}) as v offset 0) x)`,
);

/** A uuid, or a text that spells one in either case. What is none gives no key. */
export const uuid = normalizer(
  'uuid',
  (text) => `(select ${uuidFromText('x.v')}::text from (select btrim(${text}, ${BLANKS}) as v offset 0) x)`,
);
