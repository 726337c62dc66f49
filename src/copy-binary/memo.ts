/**
 * Longer values are not remembered: they hardly repeat, and the engine keeps a piece of a string of 13 characters or
 * more as a view of the whole, so that each would hold on to all the rows that it came with.
 */
const LONGEST = 12;

/**
 * Remembers what a pure function of a value gave, up to a number of values. Scores and words repeat: of a
 * million percent scores there are ten thousand different ones. The value asked for last is found without a
 * look-up, because the same one is asked for several times in a row.
 */
export function remembered<T>(work: (value: string) => T, most: number): (value: string) => T {
  const known = new Map<string, T>();
  let last: { readonly value: string; readonly result: T } | undefined;
  return (value) => {
    if (last?.value === value) return last.result;
    if (value.length > LONGEST) {
      const result = work(value);
      last = { value, result };
      return result;
    }
    let result = known.get(value);
    if (result === undefined) {
      result = work(value);
      if (known.size >= most) known.clear();
      known.set(value, result);
    }
    last = { value, result };
    return result;
  };
}
