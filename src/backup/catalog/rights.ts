import { ident } from '../../db/identifier.js';
import type { CatalogDocument, Grants } from './document.js';
import type { Place } from './place.js';

/** An object whose owner and rights are to be as in the backup. */
export interface Righted {
  /** As statements name it: `table "a"."b"`. */
  readonly object: string;
  /** The owner of what goes with something else is that one's. */
  readonly owner: string | null;
  readonly wanted: Grants;
  readonly found: Grants;
  /** Of one column rather than the whole: ` ("c")`. */
  readonly column: string;
}

/**
 * Pairs every thing of the expected document that was made just now with what the catalog says of it.
 *
 * @param expected in its final place
 * @param wasMade whether a thing was made by this restore; the others keep their rights
 */
export function rightsOf(
  expected: CatalogDocument,
  found: CatalogDocument,
  place: Place,
  wasMade: (object: string) => boolean,
): Righted[] {
  const all: Righted[] = [];
  const add = (kind: string, suffix: string, want: Owned, has: Owned | undefined, owner: string | null) => {
    const object = `${kind} ${place.nameOf(want)}${suffix}`;
    if (has !== undefined && wasMade(object)) {
      all.push({ object, owner, wanted: want.grants, found: has.grants, column: '' });
    }
  };
  for (const schema of expected.schemas) {
    const object = `schema ${ident(schema.name)}`;
    const has = found.schemas.find(({ name }) => name === schema.name);
    if (has !== undefined && wasMade(object)) {
      all.push({ object, owner: schema.owner, wanted: schema.grants, found: has.grants, column: '' });
    }
  }
  for (const type of expected.types) {
    add('type', '', type, partner(found.types, type), type.owner);
  }
  for (const routine of expected.routines) {
    const has = found.routines.find(
      (other) =>
        other.schema === routine.schema &&
        other.name === routine.name &&
        other.arguments === routine.arguments,
    );
    add(routine.kind, `(${routine.arguments})`, routine, has, routine.owner);
  }
  for (const table of expected.tables) {
    const has = partner(found.tables, table);
    add('table', '', table, has, table.owner);
    for (const column of table.columns) {
      if (column.grants === null) continue;
      all.push({
        object: `table ${place.nameOf(table)}`,
        owner: null,
        wanted: column.grants,
        found: [],
        column: ` (${ident(column.name)})`,
      });
    }
    for (const statistics of table.statistics) {
      all.push({
        object: `statistics ${place.nameOf(statistics)}`,
        owner: statistics.owner,
        wanted: [],
        found: [],
        column: '',
      });
    }
  }
  for (const sequence of expected.sequences) {
    add(
      'sequence',
      '',
      sequence,
      partner(found.sequences, sequence),
      sequence.ownedBy === null ? sequence.owner : null,
    );
  }
  return all;
}

interface Owned {
  readonly schema: string;
  readonly name: string;
  readonly grants: Grants;
}

function partner<T extends Owned>(list: readonly T[], { schema, name }: Owned): T | undefined {
  return list.find((other) => other.schema === schema && other.name === name);
}

/** Statements that turn the rights found into those wanted, for roles that are there; after the owner was set. */
export function rightsStatements(
  { object, wanted, found, column }: Righted,
  roles: ReadonlySet<string>,
): string[] {
  const name = (grantee: string | null) => (grantee === null ? 'public' : ident(grantee));
  const key = (grant: Grants[number]) =>
    `${grant.privilege} ${String(grant.grantable)} ${name(grant.grantee)}`;
  const has = new Set(found.map(key));
  const wants = new Set(wanted.map(key));
  const known = (grant: Grants[number]) => grant.grantee === null || roles.has(grant.grantee);
  return [
    ...found
      .filter((grant) => !wants.has(key(grant)))
      .map((grant) => `revoke ${grant.privilege}${column} on ${object} from ${name(grant.grantee)}`),
    ...wanted
      .filter((grant) => !has.has(key(grant)) && known(grant))
      .map(
        (grant) =>
          `grant ${grant.privilege}${column} on ${object} to ${name(grant.grantee)}${grant.grantable ? ' with grant option' : ''}`,
      ),
  ];
}

/** Roles that own something or may do something, by what the backup says. */
export function rolesOf(document: CatalogDocument): Set<string> {
  const roles = new Set<string>();
  for (const object of [...document.types, ...document.routines, ...document.sequences, ...document.tables]) {
    roles.add(object.owner);
    for (const { grantee } of object.grants) if (grantee !== null) roles.add(grantee);
  }
  for (const table of document.tables) {
    for (const { grants } of table.columns) {
      for (const { grantee } of grants ?? []) if (grantee !== null) roles.add(grantee);
    }
    for (const { roles: named } of table.policies)
      for (const role of named) if (role !== null) roles.add(role);
  }
  return roles;
}

/** The version that first has a right to maintain a table, which its owner had without a word before. */
export const FIRST_WITH_MAINTAIN = 170_000;

/** All that there was to grant on a table before. */
const RIGHTS_BEFORE = ['DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'TRIGGER', 'TRUNCATE', 'UPDATE'];

/** Owners that have every right on their table have the newer one too: else they could not even vacuum it. */
export function withMaintain(document: CatalogDocument): CatalogDocument {
  const tables = document.tables.map((table) => {
    const own = table.grants.filter(({ grantee }) => grantee === table.owner);
    if (!RIGHTS_BEFORE.every((right) => own.some(({ privilege }) => privilege === right))) return table;
    const grants = table.grants.flatMap((grant) =>
      grant.grantee === table.owner && grant.privilege === 'REFERENCES'
        ? [{ ...grant, privilege: 'MAINTAIN' }, grant]
        : [grant],
    );
    return { ...table, grants };
  });
  return { ...document, tables };
}
