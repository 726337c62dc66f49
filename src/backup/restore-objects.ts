import { ident } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { sqlState } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { differencesOf } from './catalog/compare.js';
import type { RoutineDefinition, TypeDefinition } from './catalog/document.js';
import { placed } from './catalog/place.js';
import { readRoutines, readTypes } from './catalog/read-needed.js';
import {
  createRoutine,
  createSequence,
  createType,
  finishSequence,
  finishType,
} from './catalog/render-needed.js';
import { addForeignKey, afterRows, columnSettings, createTable, rulesOf } from './catalog/render-tables.js';
import { refused } from './refused-statement.js';
import { makePolicies } from './restore-policies.js';
import type { RestoreTarget } from './restore-target.js';

/** Runs the statements of a restore, and remembers what it made. */
export class Builder {
  readonly made = new Set<string>();
  readonly warnings: string[] = [];
  readonly #session: Session;
  readonly #target: RestoreTarget;

  constructor(session: Session, target: RestoreTarget) {
    this.#session = session;
    this.#target = target;
  }

  /** Schemas, types, routines, sequences and tables, without keys and constraints. */
  async makeTables(): Promise<void> {
    const { document, place, into } = this.#target;
    const schemas = document.schemas.map(({ name }) => place.schemaFor(name));
    for (const schema of new Set(into === null ? schemas : [into, ...schemas])) {
      const [found] = await this.#session.query('select from pg_namespace where nspname = $1::text', [
        schema,
      ]);
      if (found === undefined)
        await this.#make(`schema ${ident(schema)}`, [`create schema ${ident(schema)}`]);
    }
    const needed = [...document.types, ...document.routines.filter(({ afterTables }) => !afterTables)];
    for (const object of needed.sort((a, b) => a.order - b.order)) {
      await ('labels' in object ? this.#makeType(object) : this.#makeRoutine(object));
    }
    for (const sequence of document.sequences) {
      const object = `sequence ${place.nameOf(sequence)}`;
      if (sequence.identity) this.made.add(object);
      else if (sequence.ownedBy === null && (await this.#exists(place.nameOf(sequence)))) {
        this.warnings.push(`${object} is there already, and was left as it is.`);
      } else await this.#make(object, createSequence(sequence, place));
    }
    for (const table of document.tables) {
      const statements = [createTable(table, document.sequences, place), ...columnSettings(table, place)];
      await this.#make(`table ${place.nameOf(table)}`, statements);
    }
  }

  /** What is made when the rows are there: keys, indexes, checks, foreign keys among these tables, triggers, policies. */
  async finishTables(roles: ReadonlySet<string>): Promise<void> {
    const { document, place } = this.#target;
    for (const type of document.types) {
      if (this.made.has(`type ${place.nameOf(type)}`)) await this.run(finishType(type, place));
    }
    for (const routine of document.routines.filter(({ afterTables }) => afterTables))
      await this.#makeRoutine(routine);
    for (const table of document.tables) await this.run(afterRows(table, place));
    for (const table of document.tables) {
      for (const key of table.foreignKeys) await this.run(addForeignKey(table, key, place));
    }
    for (const sequence of document.sequences) {
      const wasMade = this.made.has(`sequence ${place.nameOf(sequence)}`);
      if (wasMade) await this.run(finishSequence(sequence, place));
    }
    for (const table of document.tables) {
      for (const { name: statistics, schema, owner } of table.statistics) {
        this.made.add(`statistics ${place.nameOf({ schema, name: statistics })}`);
        if (!roles.has(owner))
          this.warnings.push(`There is no role ${owner} to own statistics ${statistics}.`);
      }
      await makePolicies(this, table, this.#target.place, roles);
      await this.run(rulesOf(table, place));
    }
  }

  /**
   * Foreign keys on tables that are not part of this restore: added where the table is there; where its rows have
   * changed meanwhile, not validated. Last of all, because they lock a table that others write to.
   */
  async addOutsideKeys(): Promise<void> {
    const { place } = this.#target;
    for (const { table, key } of this.#target.outside) {
      const what = `Foreign key ${key.name} of ${table.name} on ${key.target.schema}.${key.target.table}`;
      const [add = '', ...comments] = addForeignKey(table, key, place);
      const state = await this.attempt(add);
      if (state === undefined) {
        await this.run(comments);
        continue;
      }
      if (state === '42P01' || state === '3F000')
        this.warnings.push(`${what} was left out: that table is not there.`);
      else if (state === '23503' && (await this.attempt(`${add} not valid`)) === undefined) {
        await this.run(comments);
        this.warnings.push(`${what} is not validated: some of the rows that it wants are not there.`);
      } else this.warnings.push(`${what} was left out: the server refused it (SQLSTATE ${state}).`);
    }
  }

  async #makeType(type: TypeDefinition): Promise<void> {
    const { place } = this.#target;
    const object = `type ${place.nameOf(type)}`;
    const [found] = await this.#session.query(
      `select t.oid::text as oid from pg_type t join pg_namespace n on n.oid = t.typnamespace
       where n.nspname = $1::text and t.typname = $2::text`,
      [place.schemaFor(type.schema), type.name],
    );
    if (found === undefined) return this.#make(object, createType(type, place));
    const oids = { types: [String(found.oid)], order: [String(found.oid)] };
    const types = await readTypes(this.#session, this.#target.path, oids);
    await this.#session.execute(`set local search_path = ${this.#target.path}`);
    const empty = { schemas: [], routines: [], sequences: [], tables: [] };
    const expected = placed({ ...this.#target.document, ...empty, types: [type] }, place);
    const differences = differencesOf(expected, { ...empty, types }, { withRights: false });
    if (differences.length === 0) return undefined;
    throw new DrydockError({
      code: 'other-type',
      what: `There is another ${object} already: ${differences.join('; ')}.`,
      state: 'Nothing was restored.',
      next: 'Restore beside it, into another schema: --into SCHEMA.',
    });
  }

  async #makeRoutine(routine: RoutineDefinition): Promise<void> {
    const { place, path } = this.#target;
    const object = `${routine.kind} ${place.nameOf(routine)}(${routine.arguments})`;
    const candidates = await this.#session.query(
      `select p.oid::text as oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname = $1::text and p.proname = $2::text`,
      [place.schemaFor(routine.schema), routine.name],
    );
    const oids = candidates.map(({ oid }) => String(oid));
    const found = await readRoutines(this.#session, path, { routines: oids, order: oids });
    await this.#session.execute(`set local search_path = ${path}`);
    const same = found.find((other) => other.arguments === routine.arguments);
    if (same === undefined) return this.#make(object, createRoutine(routine, place));
    if (same.definition !== routine.definition) {
      this.warnings.push(`${object} is there already, in other words, and was left as it is.`);
    }
    return undefined;
  }

  async #exists(name: string): Promise<boolean> {
    const { there } = await this.#session.one(`select (to_regclass($1::text) is not null)::text as there`, [
      name,
    ]);
    return there === 'true';
  }

  async #make(object: string, statements: readonly string[]): Promise<void> {
    await this.run(statements);
    this.made.add(object);
  }

  /** Runs statements, each of which has to be taken. */
  async run(statements: readonly string[]): Promise<void> {
    for (const statement of statements) {
      try {
        // One at a time, and each only one: what stands in the backup can change a statement, but not add any.
        await this.#session.executeOne(statement);
      } catch (error) {
        throw refused(error, statement);
      }
    }
  }

  /** Runs a statement that may fail; gives the SQLSTATE of its error. */
  async attempt(statement: string): Promise<string | undefined> {
    await this.#session.execute('savepoint attempt');
    try {
      await this.#session.executeOne(statement);
      await this.#session.execute('release savepoint attempt');
      return undefined;
    } catch (error) {
      const state = sqlState(error);
      if (state === undefined || state.length !== 5) throw error;
      await this.#session.execute('rollback to savepoint attempt');
      return state;
    }
  }
}
