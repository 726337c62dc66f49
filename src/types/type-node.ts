import type { TypeFacts } from './builtin.js';

/** How a type is made. */
export type TypeNode =
  | {
      readonly made: 'plain';
      readonly facts: TypeFacts;
      /** Whether the server has functions that send and take its values in binary. */
      readonly sends: boolean;
    }
  | { readonly made: 'array' | 'range'; readonly of: TypeNode }
  | { readonly made: 'domain'; readonly of: TypeNode }
  | { readonly made: 'composite'; readonly fields: readonly TypeField[] };

export interface TypeField {
  readonly name: string;
  readonly type: TypeNode;
}

/** The types that one is made of, itself included. */
function* plainParts(node: TypeNode): Generator<Extract<TypeNode, { made: 'plain' }>> {
  if (node.made === 'plain') yield node;
  else if (node.made === 'composite') for (const { type } of node.fields) yield* plainParts(type);
  else yield* plainParts(node.of);
}

/** Whether values are copied in binary: where all that they are made of can be. */
export function travelsInBinary(node: TypeNode): boolean {
  return [...plainParts(node)].every(({ facts, sends }) => sends && facts.travels === 'binary');
}

/**
 * What says that two values are the same one. Equality of what is made of parts is theirs, which may be looser than
 * identity; bytes can be had only where every part has some.
 */
export function sameBy(node: TypeNode): TypeFacts['sameBy'] {
  const parts = [...plainParts(node)];
  if (node.made === 'plain' && (node.facts.sameBy !== 'bytes' || node.sends)) return node.facts.sameBy;
  const isHidden = parts.some(({ facts }) => facts.sameBy === 'bytes');
  return isHidden && parts.every(({ sends }) => sends) ? 'bytes' : 'text';
}

/** Whether something of a value is not in its text as the server prints it, which has to be put together then. */
export function needsSpelling(node: TypeNode): boolean {
  if (node.made === 'domain') return needsSpelling(node.of);
  return node.made === 'plain' ? node.facts.spell !== undefined : hasSpelledPart(node);
}

/** Whether it is, or holds, a type of which that is so inside of an array or a record, too. */
export function hasSpelledPart(node: TypeNode): boolean {
  return [...plainParts(node)].some(({ facts }) => facts.spellsInside === true);
}
