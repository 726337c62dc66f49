import { settableOptions } from './storage-options.js';

type Things = Readonly<Record<string, unknown>>;

/**
 * Each difference between two pictures of the catalog, in words.
 *
 * @param before - canonical JSON: for each part of the picture an object of things by name
 */
export function catalogDifferences(before: string, after: string): string[] {
  const [then, now] = [before, after].map((text) => JSON.parse(text) as Readonly<Record<string, Things>>);
  const found: string[] = [];
  for (const part of union(then, now)) {
    const [was, is] = [then?.[part] ?? {}, now?.[part] ?? {}];
    for (const item of union(was, is)) {
      const [left, right] = [was[item], is[item]];
      if (left === undefined) found.push(`${part}: ${item} was not there`);
      else if (right === undefined) found.push(`${part}: ${item} is gone`);
      else found.push(...thingDifferences(`${part}: ${item}`, left, right));
    }
  }
  return found;
}

function thingDifferences(what: string, left: unknown, right: unknown): string[] {
  if (!isThings(left) || !isThings(right)) return same(left, right) ? [] : [change(what, left, right)];
  return union(left, right).flatMap((member) => {
    const [was, is] = [left, right].map((thing) => comparable(member, thing[member]));
    return same(was, is) ? [] : [change(`${what}, ${member}`, was, is)];
  });
}

/** Without what only the server sets. */
function comparable(member: string, value: unknown): unknown {
  return member === 'options' && (value === null || Array.isArray(value)) ? settableOptions(value) : value;
}

function isThings(value: unknown): value is Things {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function change(what: string, left: unknown, right: unknown): string {
  return `${what} was ${JSON.stringify(left)}, now ${JSON.stringify(right)}`;
}

function union(one: object | undefined, other: object | undefined): string[] {
  return [...new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})])].sort();
}
