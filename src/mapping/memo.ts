/**
 * Longer fields are not remembered: they hardly repeat, and the engine keeps a piece of a string of 13 characters or
 * more as a view of the whole, so that each would hold on to all the rows that it came with.
 */
const LONGEST = 12;

/**
 * Remembers what a pure function of a field gave, up to a number of fields. Scores and words repeat: of a
 * million percent scores there are ten thousand different ones. The field asked for last is found without a
 * look-up, because the same one is asked for several times in a row.
 */
export function remembered<T>(work: (field: string) => T, most: number): (field: string) => T {
  const known = new Map<string, T>();
  let last: { readonly field: string; readonly result: T } | undefined;
  return (field) => {
    if (last?.field === field) return last.result;
    if (field.length > LONGEST) {
      const result = work(field);
      last = { field, result };
      return result;
    }
    let result = known.get(field);
    if (result === undefined) {
      result = work(field);
      if (known.size >= most) known.clear();
      known.set(field, result);
    }
    last = { field, result };
    return result;
  };
}
