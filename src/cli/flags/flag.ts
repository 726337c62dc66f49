/** Refuses what was given: a whole sentence, which names the flag. */
export type Refuse = (what: string) => never;

/** Reads what commander collected for one flag; undefined where it was left out. */
export type Flag<T> = (given: unknown, refuse: Refuse) => T;

/** The flags of a command, by the names that commander has for them. */
export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** What the flags of a command come to. */
export type Values<F extends Flags> = { readonly [Name in keyof F]: ReturnType<F[Name]> };

/** A flag that may be left out, made of a text. */
export function optional<T>(read: (text: string, refuse: Refuse) => T): Flag<T | undefined> {
  return (given, refuse) => (given === undefined ? undefined : read(String(given), refuse));
}

/** A text; nothing is not one. `wanted` is the whole sentence. */
export function text(wanted: string): Flag<string | undefined> {
  return optional((given, refuse) => (given === '' ? refuse(wanted) : given));
}

/** Names, parted by commas. `wanted` is the whole sentence. */
export function names(wanted: string): Flag<readonly string[] | undefined> {
  return optional((given, refuse) => {
    const list = given.split(',').map((name) => name.trim());
    return list.includes('') ? refuse(wanted) : list;
  });
}

/** What stands for a flag that was left out. */
export function otherwise<T>(flag: Flag<T | undefined>, value: T): Flag<T> {
  return (given, refuse) => flag(given, refuse) ?? value;
}
