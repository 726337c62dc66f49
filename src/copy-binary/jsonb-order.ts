/**
 * The order in which jsonb keeps its members, and prints them: by the length of their names, then by their bytes. What
 * is written in that order comes back as the same bytes, so that a row can be told to be stored already without
 * another look at it. For names in quotes as well, where nothing in them is escaped.
 */
export function compareMembers(name: string, other: string): number {
  if (name.length !== other.length) return name.length - other.length;
  return name < other ? -1 : name > other ? 1 : 0;
}
