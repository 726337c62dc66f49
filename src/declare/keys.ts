import type { Normalizer } from '../mapping/normalizers.js';
import { modelOf, type SourceHandle } from './column.js';
import type { KeyModel, PartModel, StepModel } from './model.js';
import { badDeclaration, refuse } from './refuse.js';

declare const COLUMNS: unique symbol;
declare const PARTS: unique symbol;

/** A step of a source's ladder; `Name` are the columns of the source that it reads. */
export interface Step<Name extends string = string> {
  /** What was declared, for the engine. */
  readonly model: StepModel;
  /** Only there for the compiler. */
  readonly [COLUMNS]?: Name;
}

/** What two sources meet by: a name, and how each of its parts is spelled. */
export interface Key<Part extends string = string> {
  /** What was declared, for the engine. */
  readonly model: KeyModel;
  /** Only there for the compiler. */
  readonly [PARTS]?: Part;
}

/** A part of a key that is the same for all rows of a source. */
export interface Constant {
  /** The value. */
  readonly constant: string;
}

/** A part of a key that no column holds: which provider a table of logins is for. */
export function constant(value: string): Constant {
  return { constant: value };
}

/**
 * A key of several parts, or of one that has a name of its own.
 *
 * @param name - two steps meet only through one name
 * @param parts - how each part is spelled, by its name
 * @throws DrydockError `bad-declaration` without parts
 */
export function key<Part extends string>(name: string, parts: Readonly<Record<Part, Normalizer>>): Key<Part> {
  const all = Object.entries<Normalizer>(parts);
  if (all.length === 0) refuse(`Key "${name}" has no parts.`, 'Name at least one column by it.');
  return { model: { name, parts: all.map(([part, normalizer]) => ({ name: part, normalizer })) } };
}

/**
 * Rows with one value, as a normalizer spells it, are one thing: `same(email, 'mail')`. The normalizer names the key.
 *
 * @throws DrydockError `bad-declaration` where the parts are not those of the key
 */
export function same<const Name extends string>(by: Normalizer, column: Name): Step<Name>;
/** Rows with one value for each part of a key are one thing: `same(login, { provider: constant('github'), uid: 'github_id' })`. */
export function same<Part extends string, const Name extends string>(
  by: Key<Part>,
  columns: Readonly<Record<Part, Name | Constant>>,
): Step<Name>;
export function same(
  by: Normalizer | Key,
  columns: string | Readonly<Record<string, string | Constant>>,
): Step {
  if (typeof columns === 'string') {
    if (!('sql' in by))
      throw badDeclaration(
        `Key "${by.model.name}" is made of ${by.model.parts.map(({ name }) => name).join(', ')}.`,
        'Give same() an object with a column for each of them.',
      );
    const model: KeyModel = { name: by.family, parts: [{ name: 'value', normalizer: by }] };
    return { model: { kind: 'same', key: model, parts: [{ column: columns }] } };
  }
  if ('sql' in by)
    throw badDeclaration('A normalizer is for one column.', 'Declare a key() of several parts.');
  const { parts, name } = by.model;
  const given = Object.keys(columns);
  if (given.length !== parts.length || parts.some((part) => !given.includes(part.name)))
    refuse(
      `Key "${name}" is made of ${parts.map((part) => part.name).join(', ')}, not of ${given.join(', ')}.`,
      'Give each of its parts a column or a constant.',
    );
  const values = parts.map((part): PartModel => {
    const value = columns[part.name] as string | Constant;
    return typeof value === 'string' ? { column: value } : value;
  });
  return { model: { kind: 'same', key: by.model, parts: values } };
}

/**
 * The row is what the row of another source is that it points to. One that points to nothing there goes on to the next step.
 *
 * @param columns - they name the identity of that row, column by column
 */
export function via<const Name extends string>(
  source: SourceHandle,
  ...columns: readonly Name[]
): Step<Name> {
  const { table, identity } = modelOf(source);
  if (columns.length !== identity.length)
    refuse(
      `Rows of ${table} are told apart by ${identity.join(', ')}; ${columns.length === 0 ? 'no column points' : `${columns.join(', ')} points`} there.`,
      'Give via() a column for each of them, in that order.',
    );
  return { model: { kind: 'via', table, columns } };
}

/** Stands for the table that a ladder is of; no table can be called so. */
export const ITSELF = '\0';

/** The source that a ladder is of, as a crosswalk of its own rows. */
export const itself: unique symbol = Symbol('the source itself');

/**
 * A source as a crosswalk: its rows that have this key and another one before it on their ladder say which one belongs to it.
 * `through(crm, same(digits, 'phone'))` is the mail that the people of the CRM with this phone have. Where these say two
 * things, and where they say none, the row goes on to the next step. One hop: what they have through others says nothing.
 *
 * @param source - that has the key on its ladder, or {@link itself}
 * @param step - the key, with the columns of the rows that have only this one
 */
export function through<const Name extends string>(
  source: SourceHandle | typeof itself,
  step: Step<Name>,
): Step<Name> {
  const table = source === itself ? ITSELF : modelOf(source).table;
  if (step.model.kind !== 'same') {
    refuse(
      `through(${source === itself ? 'itself' : table}) is given a pointer.`,
      "Name the key by same(): through(crm, same(digits, 'phone')).",
    );
    return step;
  }
  return { model: { kind: 'through', table, step: step.model } };
}
