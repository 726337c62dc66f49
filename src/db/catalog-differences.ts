import { settableOptions } from './storage-options.js';

/** Things by their names; not an object, whose `constructor` is there always. */
type Things = ReadonlyMap<string, unknown>;

/**
 * Each difference between two pictures of the catalog, in words.
 *
 * @param before - canonical JSON: for each part of the picture an object of things by name
 */
export function catalogDifferences(before: string, after: string): string[] {
  const [then, now] = [thingsOf(JSON.parse(before)), thingsOf(JSON.parse(after))];
  const found: string[] = [];
  for (const part of union(then, now)) {
    const [was, is] = [thingsOf(then.get(part)), thingsOf(now.get(part))];
    for (const item of union(was, is)) {
      const [left, right] = [was.get(item), is.get(item)];
      if (left === undefined) found.push(`${part}: ${item} was not there`);
      else if (right === undefined) found.push(`${part}: ${item} is gone`);
      else found.push(...thingDifferences(`${part}: ${item}`, left, right));
    }
  }
  return found;
}

function thingDifferences(what: string, left: unknown, right: unknown): string[] {
  if (!isObject(left) || !isObject(right)) return same(left, right) ? [] : [change(what, left, right)];
  const [before, after] = [thingsOf(left), thingsOf(right)];
  return union(before, after).flatMap((member) => {
    const [was, is] = [before, after].map((thing) => comparable(member, thing.get(member)));
    return same(was, is) ? [] : [change(`${what}, ${member}`, was, is)];
  });
}

/** Without what only the server sets. */
function comparable(member: string, value: unknown): unknown {
  return member === 'options' && (value === null || Array.isArray(value)) ? settableOptions(value) : value;
}

function thingsOf(value: unknown): Things {
  return new Map(Object.entries(value ?? {}));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function change(what: string, left: unknown, right: unknown): string {
  return `${what} was ${JSON.stringify(left)}, now ${JSON.stringify(right)}`;
}

function union(one: Things, other: Things): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].sort();
}
