import type pg from 'pg';
import type { LegacyMixture } from '../../fixtures/mixture.js';
import { Random, streamKey } from '../../fixtures/random.js';
import { unifiedTables } from '../../fixtures/schema/extras.js';
import { type FixtureTable, schemaNames } from '../../fixtures/schema/names.js';
import { ident, literal } from '../../src/db/identifier.js';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly isKey: boolean;
}

interface Table {
  readonly name: FixtureTable;
  readonly qualified: string;
  readonly columns: readonly Column[];
}

const KEY =
  /^(id|_dlt_id|reddit_id|submission_id|identified_from_submission_id|opportunity_id|opportunity_score_id)$/;

/**
 * Writes to the legacy tables what an application may write, without any plan: a seed gives the statements. A statement
 * that a constraint refuses is no harm: it is given up, and the next one comes.
 */
export class RandomWriter {
  readonly #client: pg.Client;
  readonly #random = new Random();
  readonly #tables: readonly Table[];
  /** Statements that the server took. */
  readonly done: string[] = [];

  private constructor(client: pg.Client, tables: readonly Table[], seed: number) {
    this.#client = client;
    this.#tables = tables;
    this.#random.reset(streamKey(seed, 1), 0);
  }

  static async open(client: pg.Client, mixture: LegacyMixture, seed: number): Promise<RandomWriter> {
    const names = schemaNames(mixture);
    const tables: FixtureTable[] = [...unifiedTables(mixture)];
    if (mixture.submissions !== 'none') tables.push('submissions');
    const found: Table[] = [];
    for (const name of tables) {
      const { rows } = await client.query<{ name: string; type: string }>(
        `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
        [names.table(name)],
      );
      const columns = rows.map((row) => ({ ...row, isKey: KEY.test(row.name) }));
      found.push({ name, qualified: names.table(name), columns });
    }
    return new RandomWriter(client, found, seed);
  }

  /** So many statements, some of them together in a transaction, some of those rolled back. */
  async write(statements: number, weights: { readonly truncate?: boolean } = {}): Promise<void> {
    for (let n = 0; n < statements; ) {
      const together = this.#random.chance(0.3) ? 1 + this.#random.int(4) : 1;
      const undo = this.#random.chance(0.1);
      await this.#client.query('begin');
      for (let i = 0; i < together; i += 1) await this.#attempt(this.#statement());
      await this.#client.query(undo ? 'rollback' : 'commit');
      n += together;
    }
    if (weights.truncate === true) {
      const table = this.#random.pick(
        this.#tables.filter(({ name }) => !/^(submissions|opportunities|opportunity_scores)$/.test(name)),
      );
      await this.#client.query(`truncate ${table.qualified}`);
    }
  }

  async #attempt(sql: string): Promise<void> {
    await this.#client.query('savepoint attempt');
    try {
      await this.#client.query(sql);
      this.done.push(sql);
    } catch (error) {
      if (!/^(22|23|42P10)/.test((error as { code?: string }).code ?? ''))
        throw new Error(`${String(error)}\n${sql}`);
      await this.#client.query('rollback to savepoint attempt');
    }
    await this.#client.query('release savepoint attempt');
  }

  #statement(): string {
    const random = this.#random;
    const table = random.pick(this.#tables);
    const kind = random.pick([
      'insert',
      'insert',
      'update',
      'update',
      'update',
      'key',
      'key',
      'swap',
      'delete',
      'id',
    ] as const);
    const some = this.#some(table, 1 + random.int(4));
    const keys = table.columns.filter(({ isKey, name }) => isKey && name !== 'id');
    switch (kind) {
      case 'insert':
        return this.#insert(table);
      case 'delete':
        return `delete from ${table.qualified} where ctid = any (array(${some}))`;
      case 'id': {
        const ids = table.columns.some(({ name, type }) => name === 'id' && type === 'uuid');
        if (!ids) return this.#insert(table);
        return `update ${table.qualified} set id = ${this.#newId('id::text')} where ctid = any (array(${this.#some(table, 1)}))`;
      }
      case 'swap': {
        if (keys.length === 0) return this.#insert(table);
        const key = ident(random.pick(keys).name);
        const pair = `select ctid, ${key}, row_number() over () as n from ${table.qualified} where ctid = any (array(${this.#some(table, 2)}))`;
        return `with p as (${pair}) update ${table.qualified} t set ${key} = (select o.${key} from p o where o.n <> p.n limit 1) from p where p.ctid = t.ctid`;
      }
      case 'key': {
        if (keys.length === 0) return this.#insert(table);
        const key = random.pick(keys);
        return `update ${table.qualified} set ${ident(key.name)} = ${this.#key(table, key)} where ctid = any (array(${some}))`;
      }
      default: {
        const columns = table.columns.filter(({ isKey }) => !isKey);
        const column = ident(random.pick(columns).name);
        const other = `(select o.${column} from ${table.qualified} o ${this.#order('o', table)} limit 1)`;
        return `update ${table.qualified} set ${column} = ${random.chance(0.15) ? 'null' : other} where ctid = any (array(${some}))`;
      }
    }
  }

  /** Copies of rows, with ids of their own, under keys of their own or of others. */
  #insert(table: Table): string {
    const random = this.#random;
    const elsewhere = random.chance(0.5)
      ? table.columns.find(({ isKey, name }) => isKey && name !== 'id')
      : undefined;
    const values = table.columns.map((column) => {
      if (column.name === 'id' && column.type === 'uuid') return this.#newId('t.ctid::text');
      return column === elsewhere ? this.#key(table, column) : `t.${ident(column.name)}`;
    });
    const list = table.columns.map(({ name }) => ident(name)).join(', ');
    return `insert into ${table.qualified} (${list}) select ${values.join(', ')} from ${table.qualified} t where t.ctid = any (array(${this.#some(table, 1 + random.int(3))}))`;
  }

  /** A key for a row: another row's, a submission's in one of its spellings, one that nobody knows, or none. */
  #key(table: Table, column: Column): string {
    const random = this.#random;
    const name = ident(column.name);
    const kind = random.pick(['other', 'other', 'submission', 'unknown', 'null'] as const);
    const submissions = this.#tables.find(({ name: other }) => other === 'submissions');
    const opportunities = this.#tables.find(({ name: other }) => other === 'opportunities');
    if (kind === 'null') return 'null';
    const target = /opportunity_id/.test(column.name) ? opportunities : submissions;
    if (kind === 'submission' && column.type === 'uuid' && target !== undefined)
      return `(select s.id from ${target.qualified} s ${this.#order('s', target)} limit 1)`;
    if (column.type === 'uuid' && kind === 'unknown') return this.#newId(literal('unknown'));
    if (column.type === 'uuid' || kind === 'other' || submissions === undefined)
      return `(select o.${name} from ${table.qualified} o ${this.#order('o', table)} limit 1)`;
    if (kind === 'unknown') return literal(random.pick(['nobody', 't3_nobody', 'opp_somebody']));
    const reddit =
      submissions.columns.find(({ name: key }) => /^(reddit_id|submission_id)$/.test(key))?.name ?? 'id';
    const prefix = random.pick(['', 't3_', 'opp_', 'opp_t3_']);
    const value = random.chance(0.2) ? 's.id::text' : `${literal(prefix)} || s.${ident(reddit)}`;
    return `(select ${value} from ${submissions.qualified} s ${this.#order('s', submissions)} limit 1)`;
  }

  #newId(salt: string): string {
    return `md5(${literal(String(this.#random.bits()))} || ${salt})::uuid`;
  }

  /** Places of some rows, whichever. */
  #some(table: Table, limit: number): string {
    return `select x.ctid from ${table.qualified} x ${this.#order('x', table)} limit ${limit}`;
  }

  #order(alias: string, table: Table): string {
    const columns = table.columns.filter(({ isKey }) => isKey).map(({ name }) => `${alias}.${ident(name)}`);
    return `order by md5(concat(${columns.join(', ')}, ${literal(String(this.#random.bits()))}))`;
  }
}
