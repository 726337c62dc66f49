import { DrydockError } from '../errors.js';

/** The error of a declaration that cannot be meant. @param next what to write instead */
export function badDeclaration(what: string, next: string): DrydockError {
  return new DrydockError({
    code: 'bad-declaration',
    what,
    state: 'The declaration was only read; nothing was done in a database by this.',
    next,
  });
}

/** Refuses members that an object of options does not have: a misspelt one would be a rule that is never applied. */
export function refuseUnknown(of: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw badDeclaration(`${of} has no member ${unknown.join(', ')}.`, `Its members are ${known.join(', ')}.`);
}
