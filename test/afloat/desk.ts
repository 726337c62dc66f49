import type pg from 'pg';
import type { Random } from '../../fixtures/random.js';
import type { LegacyTableName } from '../../src/redditharbor/tables.js';
import type { Memory } from './memory.js';
import type { Table } from './tables.js';

/** What a transaction has done so far; `effects` change what the writer remembers, once it is committed. */
export interface Draft {
  readonly effects: (() => void)[];
  writes: number;
  direct: number;
  /** Whether it has touched rows that others touch, too: twice, in any order, and applications would deadlock by themselves. */
  shared: boolean;
}

/** What a writer works with. */
export interface Tools {
  readonly writer: number;
  readonly random: Random;
  readonly tables: Readonly<Record<LegacyTableName, Table>>;
  readonly query: (text: string, values?: readonly unknown[]) => Promise<pg.QueryResult>;
  readonly problems: string[];
  readonly id: () => string;
}

/** The tools, and what every kind of change does with them. */
export class Desk {
  readonly tools: Tools;
  readonly memory: Memory;
  /** Changes begun so far. */
  number = 0;
  /** For messages. */
  doing = '';

  constructor(tools: Tools, memory: Memory) {
    this.tools = tools;
    this.memory = memory;
  }

  /** What a text says after a change: who made it, and which one it was. */
  get stamp(): string {
    return `w${this.tools.writer}.${this.number}`;
  }

  /** Changes rows, and counts them. */
  async run(
    draft: Draft,
    table: LegacyTableName,
    text: string,
    values: readonly unknown[],
  ): Promise<pg.QueryResult> {
    this.doing = text.slice(0, 160);
    const result = await this.tools.query(text, values);
    draft.writes += result.rowCount ?? 0;
    if (result.command === 'INSERT' && result.rowCount === 0)
      this.tools.problems.push(`an insert into ${table} gave no row`);
    return result;
  }

  /** The table and the journal must have changed alike. */
  same(done: pg.QueryResult, due: pg.QueryResult, what: string): void {
    if (done.rowCount === due.rowCount) return;
    this.tools.problems.push(`${what}: ${done.rowCount} rows, and the journal has ${due.rowCount}`);
  }

  /** A row that the writer remembers may have been deleted in this very transaction. */
  async isThere(table: 'submissions' | 'opportunities', id: string): Promise<boolean> {
    const { rowCount } = await this.tools.query(`select from public.${table} where id = $1::uuid`, [id]);
    return rowCount === 1;
  }
}
