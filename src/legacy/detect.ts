import type { Session } from '../db/session.js';
import type { Stop } from '../errors/stop.js';
import { DrydockError } from '../errors.js';
import { type CatalogTable, readTables } from './catalog.js';
import { unclearIds } from './identified.js';
import { type MovedTables, NOTHING_MOVED } from './moved.js';
import { DECLARED, type Shape, type TableRule } from './table-rule.js';

/** A legacy table as it is found. */
export interface LegacyTable extends CatalogTable {
  /** As it is found: of a dropped one whose name our table has taken, that of the view that gives it back. */
  readonly name: string;
  readonly shape: Shape;
  /** The schema in which applications know it; after a cutover the table itself is in another one. */
  readonly home: string;
  /** Its phase is completed. Left out: it is not. */
  readonly isCompleted?: true;
}

/** The legacy tables that are there; one that is missing altogether is simply not in the map. */
export interface LegacyDatabase {
  readonly schema: string;
  /** The schema of the tables that may be in one of their own. */
  readonly appSchema: string;
  readonly tables: ReadonlyMap<string, LegacyTable>;
  /** What makes a table unusable: missing columns, missing rights, not a table. */
  readonly stops: readonly Stop[];
}

/** What to look for, and where. */
export interface Wanted {
  readonly tables: readonly TableRule[];
  readonly schema: string;
  /** Where the tables live that may be in a schema of their own, when it is known. */
  readonly appSchema?: string | undefined;
  readonly moved?: MovedTables;
}

/** Finds the legacy tables and their shapes: where a cutover put them, else under their own names. */
export async function detectLegacy(
  session: Session,
  { tables: rules, schema, appSchema, moved = NOTHING_MOVED }: Wanted,
): Promise<LegacyDatabase> {
  await requireSchema(session, schema);
  if (appSchema !== undefined && appSchema !== schema) await requireSchema(session, appSchema);
  const tables = new Map<string, LegacyTable>();
  const stops: Stop[] = [];
  let foundAppSchema = appSchema ?? schema;
  const found = await readFound(session, rules, (rule) => placesOf(rule, { schema, appSchema, moved }));
  for (const rule of rules) {
    const { name } = rule;
    const aside = moved.get(name);
    if (aside !== undefined && rule.otherwiseIn !== undefined) foundAppSchema = aside.home;
    const table = found.get(name);
    if (table === undefined) continue;
    const home = aside?.home ?? table.schema;
    if (rule.otherwiseIn !== undefined && home !== foundAppSchema) {
      await requireSchema(session, home);
      foundAppSchema = home;
    }
    const shape = closestShape(rule, table);
    if (aside?.dropped !== true) {
      stops.push(...problems(table, shape));
      if (isTable(table)) stops.push(...(await unclearIds(session, table, rule)));
    }
    tables.set(name, {
      ...table,
      shape,
      home,
      ...(aside?.isCompleted === true && { isCompleted: true }),
    });
  }
  if (tables.size === 0) {
    stops.push({
      code: 'no-legacy-tables',
      message: `There is no legacy table in schema "${schema}".`,
      next: 'Check the database and --schema.',
    });
  }
  return { schema, appSchema: foundAppSchema, tables, stops };
}

/** Where a table may be found. */
interface Place {
  readonly schema: string;
  readonly name: string;
}

/** The places to look for a table in; the first one that has it counts. */
function placesOf(
  { name, otherwiseIn, in: where }: TableRule,
  { schema, appSchema, moved }: Required<Pick<Wanted, 'schema' | 'moved'>> & Pick<Wanted, 'appSchema'>,
): readonly Place[] {
  const aside = moved.get(name);
  // Once a table that was moved is dropped, a view gives it back.
  if (aside !== undefined)
    return [aside.dropped ? { schema: aside.home, name: aside.view } : { schema: aside.schema, name }];
  const schemas =
    otherwiseIn === undefined
      ? [where ?? schema]
      : appSchema === undefined
        ? [schema, otherwiseIn]
        : [appSchema];
  return schemas.map((one) => ({ schema: one, name }));
}

async function readFound(
  session: Session,
  rules: readonly TableRule[],
  places: (rule: TableRule) => readonly Place[],
): Promise<ReadonlyMap<string, CatalogTable>> {
  const wanted = rules.flatMap((rule) => places(rule).map((place) => ({ ...place, of: rule.name })));
  const tables = await readTables(session, wanted);
  const found = new Map<string, CatalogTable>();
  for (const { schema, name, of } of wanted) {
    const table = tables.find((one) => one.schema === schema && one.name === name);
    if (table !== undefined && !found.has(of)) found.set(of, table);
  }
  return found;
}

/** What a look at the catalog leaves behind. */
const ONLY_LOOKED = 'The catalog was only looked at; nothing was written by this step.';

async function requireSchema(session: Session, schema: string): Promise<void> {
  const [row] = await session.query(
    `select has_schema_privilege(oid, 'usage')::text as usable from pg_namespace where nspname = $1::text`,
    [schema],
  );
  if (row === undefined) {
    throw new DrydockError({
      code: 'no-schema',
      what: `There is no schema "${schema}" in this database.`,
      state: ONLY_LOOKED,
      next: 'Check --schema and --app-schema.',
    });
  }
  if (row.usable !== 'true') {
    throw new DrydockError({
      code: 'missing-privilege',
      what: `The user may not use schema "${schema}".`,
      state: ONLY_LOOKED,
      next: `Have its owner run: grant usage on schema "${schema}" to the user.`,
    });
  }
}

function closestShape({ shapes }: TableRule, table: CatalogTable): Shape {
  const columns = new Set(table.columns.map((column) => column.name));
  const likeness = (shape: Shape) =>
    shape.tellTale.filter((column) => columns.has(column)).length / shape.tellTale.length;
  const lacks = (shape: Shape) => shape.needed.filter((column) => !columns.has(column)).length;
  return [...shapes].sort((a, b) => likeness(b) - likeness(a) || lacks(a) - lacks(b))[0] as Shape;
}

function isTable({ kind }: CatalogTable): boolean {
  return ['r', 'p'].includes(kind);
}

function problems(table: CatalogTable, shape: Shape): Stop[] {
  const found: Stop[] = [];
  const name = `${table.schema}.${table.name}`;
  const columns = new Set(table.columns.map((column) => column.name));
  const missing = shape.needed.filter((column) => !columns.has(column));
  if (missing.length > 0) {
    const isDeclared = shape.name === DECLARED;
    found.push({
      code: 'missing-columns',
      message: isDeclared
        ? `Table ${name} has no column ${missing.join(', ')}, which the declaration names.`
        : `Table ${name} looks like shape ${shape.name} but lacks ${missing.join(', ')}.`,
      next: isDeclared
        ? 'Correct the declaration; or add the columns, which may be null. A phase that was begun with them wants them as they were, or begins anew: drydock rollback --phase PHASE --drop, then run.'
        : 'Add the columns (they may be null), or rename the table if it is not the legacy one.',
    });
  }
  if (!isTable(table)) {
    found.push({
      code: 'not-a-table',
      message: `${name} is not a table (pg_class.relkind is ${table.kind}).`,
      next: 'Drydock reads tables; check --schema.',
    });
  }
  if (!table.canSelect) {
    found.push({
      code: 'missing-privilege',
      message: `The user may not read table ${name}.`,
      next: `Have its owner run: grant select on ${name} to the user.`,
    });
  }
  if (table.hidesRows) {
    found.push({
      code: 'row-level-security',
      message: `Row-level security on table ${name} may hide rows from the user; what is hidden would be lost.`,
      next: 'Connect as the owner of the table, or as a user with the attribute BYPASSRLS.',
    });
  }
  return found;
}

/** The columns that the design does not know. */
export function extraColumns(table: LegacyTable): string[] {
  const known = new Set([...table.shape.needed, ...table.shape.tellTale, ...table.shape.known]);
  return table.columns.map((column) => column.name).filter((column) => !known.has(column));
}
