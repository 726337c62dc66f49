import { z } from 'zod';
import { settableOptions } from '../../db/storage-options.js';

/**
 * What the catalog says of some tables and of what they need, as data: everything with a name stands in a member of
 * its own and is quoted by whoever makes a statement of it; only what Postgres itself prints as an expression or as
 * the body of a definition is SQL.
 */

/** Who may do what; an object's owner included. `grantee` null: everybody. */
const grants = z.array(
  z.object({ grantee: z.string().nullable(), privilege: z.string(), grantable: z.boolean() }),
);
const comment = z.string().nullable();
/** As `name=value`; a backup of an earlier version of Drydock may hold some that only its server can set. */
const options = z.array(z.string()).nullable().transform(settableOptions);
/** When among the types and routines it is to be made: each after what it needs. */
const order = z.number();
const named = { schema: z.string(), name: z.string(), owner: z.string(), grants, comment };

const schema = z.object({ name: z.string(), owner: z.string(), grants, comment });

const type = z.object({
  ...named,
  order,
  kind: z.enum(['enum', 'domain', 'composite']),
  labels: z.array(z.string()),
  /** Of a domain: the type below, collation and all; its default. */
  base: z.string().nullable(),
  default: z.string().nullable(),
  constraints: z.array(
    z.object({ name: z.string(), definition: z.string(), comment: comment.default(null) }),
  ),
  attributes: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      collation: z.string().nullable().default(null),
      comment: comment.default(null),
    }),
  ),
});

const routine = z.object({
  ...named,
  order,
  kind: z.enum(['function', 'procedure']),
  /** What names it besides its name. */
  arguments: z.string(),
  /** From the opening bracket of its parameters on. */
  definition: z.string(),
  /** It needs the tables to be there: it has one of their row types, or a body in standard SQL. */
  afterTables: z.boolean(),
});

const sequence = z.object({
  ...named,
  type: z.string(),
  start: z.string(),
  increment: z.string(),
  min: z.string(),
  max: z.string(),
  cache: z.string(),
  cycle: z.boolean(),
  persistence: z.string(),
  /** The column that it goes with. */
  ownedBy: z.object({ schema: z.string(), table: z.string(), column: z.string() }).nullable(),
  /** It is part of that column. */
  identity: z.boolean(),
  lastValue: z.string(),
  isCalled: z.boolean(),
});

const column = z.object({
  name: z.string(),
  type: z.string(),
  collation: z.string().nullable(),
  notNull: z.boolean(),
  /** Constraints against nulls have names since version 18. */
  notNullName: z.string().nullable(),
  default: z.string().nullable(),
  generated: z.enum(['', 's', 'v']),
  identity: z.enum(['', 'a', 'd']),
  storage: z.string().nullable(),
  compression: z.string().nullable(),
  statistics: z.string().nullable(),
  options,
  comment,
  grants: grants.nullable(),
});

const foreignKey = z.object({
  name: z.string(),
  definition: z.string(),
  target: z.object({ schema: z.string(), table: z.string() }),
  comment,
});

const index = z.object({
  name: z.string(),
  unique: z.boolean(),
  /** From `using` on. */
  definition: z.string(),
  clustered: z.boolean(),
  replicaIdentity: z.boolean(),
  /** For its expressions: the number of the column, and how much is to be known of it. */
  statistics: z.array(z.object({ column: z.number(), target: z.string() })).default([]),
  comment,
});

const table = z.object({
  ...named,
  persistence: z.string(),
  options,
  toastOptions: options,
  rowSecurity: z.boolean(),
  forceRowSecurity: z.boolean(),
  replicaIdentity: z.string(),
  columns: z.array(column),
  /** Checks, keys and exclusions. */
  constraints: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      definition: z.string(),
      clustered: z.boolean(),
      replicaIdentity: z.boolean(),
      /** Of the index behind it. */
      options: options.default(null),
      comment,
    }),
  ),
  foreignKeys: z.array(foreignKey),
  indexes: z.array(index),
  triggers: z.array(
    z.object({
      name: z.string(),
      /** `create constraint trigger` rather than `create trigger`. */
      constraint: z.boolean(),
      /** When it fires: `BEFORE INSERT OR UPDATE OF "a"`. */
      when: z.string(),
      /** What follows the table's name. */
      definition: z.string(),
      enabled: z.enum(['O', 'D', 'R', 'A']),
      comment,
    }),
  ),
  policies: z.array(
    z.object({
      name: z.string(),
      permissive: z.boolean(),
      command: z.string(),
      roles: z.array(z.string().nullable()),
      using: z.string().nullable(),
      check: z.string().nullable(),
      /** It names tables or views that are not among these. */
      namesOthers: z.boolean().default(false),
      comment,
    }),
  ),
  statistics: z.array(
    z.object({
      schema: z.string(),
      name: z.string(),
      owner: z.string(),
      definition: z.string(),
      target: z.string().nullable(),
      comment,
    }),
  ),
});

export const catalogDocument = z.object({
  schemas: z.array(schema),
  types: z.array(type),
  routines: z.array(routine),
  sequences: z.array(sequence),
  tables: z.array(table),
});

/**
 * The same twice: as it reads when every name is qualified, and as it reads when the schemas of the tables are
 * searched, so that their names stand alone and come to mean another schema's when that one is searched instead.
 */
export const schemaFile = z.object({
  qualified: catalogDocument,
  relative: catalogDocument,
  /** Extensions that something here needs, and their schemas. */
  extensions: z.array(z.object({ name: z.string(), schema: z.string() })),
  /** What hangs on these tables and is not in the backup. */
  notCarried: z.array(z.string()),
});

export type CatalogDocument = z.infer<typeof catalogDocument>;
export type SchemaFile = z.infer<typeof schemaFile>;
export type Grants = z.infer<typeof grants>;
export type TableDefinition = z.infer<typeof table>;
export type ColumnDefinition = z.infer<typeof column>;
export type TypeDefinition = z.infer<typeof type>;
export type RoutineDefinition = z.infer<typeof routine>;
export type SequenceDefinition = z.infer<typeof sequence>;
export type ForeignKeyDefinition = z.infer<typeof foreignKey>;
