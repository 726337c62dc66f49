import { AsyncLocalStorage } from 'node:async_hooks';
import { DrydockError } from '../errors.js';

/** What a declaration is refused for, and what to write instead. */
export interface Refusal {
  readonly message: string;
  readonly next: string;
}

/** A declaration that cannot be meant, with everything that it is refused for. */
export class BadDeclarationError extends DrydockError {
  override readonly name = 'BadDeclarationError';
  constructor(readonly refusals: readonly Refusal[]) {
    super({
      code: 'bad-declaration',
      what: refusals.map(({ message }) => message).join(' '),
      state: 'The declaration was only read; nothing was done in a database by this.',
      next: [...new Set(refusals.map(({ next }) => next))].join(' '),
    });
  }
}

/** Where the refusals of a config file are put while it is evaluated: a person wants all of them at once. */
const collected = new AsyncLocalStorage<Refusal[]>();

/** The error of a declaration that cannot be meant. @param next what to write instead */
export function badDeclaration(message: string, next: string): DrydockError {
  return new BadDeclarationError([{ message, next }]);
}

/**
 * Refuses what cannot be meant: by an error, or, while a config file is evaluated, at the end of it. Whoever calls it goes on
 * with something that holds until then.
 */
export function refuse(message: string, next: string): void {
  refuseAll([{ message, next }]);
}

/** Makes each of several checks, and refuses what all of them find. */
export function checkAll(checks: readonly (() => void)[]): void {
  const found: Refusal[] = [];
  for (const check of checks) {
    try {
      check();
    } catch (error) {
      if (!(error instanceof BadDeclarationError)) throw error;
      found.push(...error.refusals);
    }
  }
  if (found.length > 0) refuseAll(found);
}

function refuseAll(refusals: readonly Refusal[]): void {
  const all = collected.getStore();
  if (all === undefined) throw new BadDeclarationError(refusals);
  all.push(...refusals);
}

/**
 * Evaluates a declaration to its end, and refuses it with everything that was found in it.
 *
 * @throws BadDeclarationError
 */
export async function refusingTogether<T>(evaluate: () => Promise<T>): Promise<T> {
  const refusals: Refusal[] = [];
  try {
    const value = await collected.run(refusals, evaluate);
    if (refusals.length === 0) return value;
  } catch (error) {
    // Behind a refusal there may be errors that only follow from it.
    if (error instanceof BadDeclarationError) refusals.push(...error.refusals);
    else if (refusals.length === 0) throw error;
  }
  const known = new Map(refusals.map((refusal) => [refusal.message, refusal]));
  throw new BadDeclarationError([...known.values()]);
}

/** Refuses members that an object of options does not have: a misspelt one would be a rule that is never applied. */
export function refuseUnknown(of: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  refuse(`${of} has no member ${unknown.join(', ')}.`, `Its members are ${known.join(', ')}.`);
}
