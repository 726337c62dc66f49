import type pg from 'pg';
import type { Random } from '../../fixtures/random.js';
import { CHILDREN, TABLE_NAMES, type Table, type TableName } from './tables.js';

/** What a transaction has done so far; `effects` change what the writer remembers, once it is committed. */
export interface Draft {
  readonly effects: (() => void)[];
  writes: number;
  direct: number;
}

/** A row that the writer has made: nobody else ever changes it. */
interface Own {
  readonly table: TableName;
  readonly key: string;
}

interface Submission {
  readonly id: string;
  reddit: string;
}

const MOST_ROWS = 400;
const MOST_SUBMISSIONS = 120;

/** Changes rows as applications do, each with its entry in the journal; all through the old names, but for `direct`. */
export class Hand {
  readonly #writer: number;
  readonly #random: Random;
  readonly #tables: Readonly<Record<TableName, Table>>;
  readonly #query: (text: string, values?: readonly unknown[]) => Promise<pg.QueryResult>;
  readonly #problems: string[];
  readonly #id: () => string;
  readonly #submissions: Submission[] = [];
  readonly #opportunities: string[] = [];
  readonly #rows: Own[] = [];
  readonly #worked = new Set<string>();
  #number = 0;
  /** For messages. */
  doing = '';

  constructor(parts: {
    readonly writer: number;
    readonly random: Random;
    readonly tables: Readonly<Record<TableName, Table>>;
    readonly query: (text: string, values?: readonly unknown[]) => Promise<pg.QueryResult>;
    readonly problems: string[];
    readonly id: () => string;
  }) {
    this.#writer = parts.writer;
    this.#random = parts.random;
    this.#tables = parts.tables;
    this.#query = parts.query;
    this.#problems = parts.problems;
    this.#id = parts.id;
  }

  /** One change of some kind. */
  async change(draft: Draft): Promise<void> {
    const random = this.#random;
    this.#number += 1;
    const few = this.#submissions.length < MOST_SUBMISSIONS;
    if (this.#submissions.length < 5 || (few && random.chance(0.08))) return this.#insertSubmission(draft);
    if (this.#rows.length < 20 || (this.#rows.length < MOST_ROWS && random.chance(0.35)))
      return this.#insert(draft);
    const kind = random.unit();
    if (kind < 0.35) return this.#update(draft);
    if (kind < 0.5) return this.#upsert(draft);
    if (kind < 0.62) return this.#move(draft);
    if (kind < 0.66) return this.#rename(draft);
    if (kind < 0.8) return this.#delete(draft);
    if (kind < 0.86) return this.#merge(draft);
    if (kind < 0.93) return this.#transfer(draft);
    return this.#direct(draft);
  }

  async #insertSubmission(draft: Draft): Promise<void> {
    const submission = { id: this.#id(), reddit: `w${this.#writer}x${this.#number}` };
    await this.#put('submissions', { key: submission.id, parent: null, sub: submission.reddit }, draft);
    draft.effects.push(() => this.#submissions.push(submission));
  }

  async #insert(draft: Draft): Promise<void> {
    const table = this.#random.pick(TABLE_NAMES.slice(1));
    const { id, reddit } = this.#random.pick(this.#submissions);
    const key = this.#id();
    if (table === 'opportunities') {
      const parent = !this.#random.chance(0.1) && (await this.#isThere('submissions', id)) ? id : null;
      await this.#put(table, { key, parent, sub: reddit }, draft);
      draft.effects.push(() => this.#opportunities.push(key));
    } else if (CHILDREN.includes(table)) {
      const parent = this.#opportunities.length === 0 ? undefined : this.#random.pick(this.#opportunities);
      if (parent === undefined || !(await this.#isThere('opportunities', parent))) return;
      await this.#put(table, { key, parent, sub: null }, draft);
    } else if (table === 'workflow_results') {
      // One row for an id of Reddit; the others name none that is known.
      const sub = this.#worked.has(reddit) ? `${reddit}-${this.#number}` : reddit;
      this.#worked.add(sub);
      await this.#put(table, { key, parent: null, sub }, draft);
    } else await this.#put(table, { key, parent: null, sub: reddit }, draft);
    draft.effects.push(() => this.#rows.push({ table, key }));
  }

  /** Inserts a row and enters it. An opportunity goes with no other row: its `parent` is a submission. */
  async #put(
    name: TableName,
    row: { key: string; parent: string | null; sub: string | null },
    draft: Draft,
  ): Promise<void> {
    const stamp = this.#stamp();
    await this.#run(draft, name, this.#insertStatement(name), [
      row.key,
      row.parent,
      row.sub,
      stamp,
      this.#number,
    ]);
    await this.#query('insert into afloat.expected values ($1, $2, $3, $4, $5)', [
      name,
      row.key,
      CHILDREN.includes(name) ? row.parent : null,
      row.sub,
      stamp,
    ]);
  }

  async #update(draft: Draft): Promise<void> {
    const { table, key } = this.#random.pick(this.#rows);
    const { key: column, stamp } = this.#tables[table];
    const next = chained(stamp);
    const done = await this.#run(
      draft,
      table,
      `update public.${table} set ${stamp} = ${next} where ${column} = $1${cast(column)}`,
      [key, this.#stamp()],
    );
    const due = await this.#query(
      `update afloat.expected set stamp = ${chained('stamp')} where key = $1 and tbl = $3`,
      [key, this.#stamp(), table],
    );
    this.#same(done, due, `update of ${table} ${key}`);
  }

  /** As PostgREST sends it: of a row that is there, or of a new one. */
  async #upsert(draft: Draft): Promise<void> {
    const { table, key } = this.#random.pick(this.#rows);
    const { upsert, stamp } = this.#tables[table];
    if (!upsert || CHILDREN.includes(table) || table === 'submissions') return this.#update(draft);
    const { reddit } = this.#random.pick(this.#submissions);
    const value = this.#stamp();
    const { rowCount } = await this.#query('select from afloat.expected where tbl = $1 and key = $2', [
      table,
      key,
    ]);
    await this.#run(
      draft,
      table,
      `${this.#insertStatement(table)} on conflict (id) do update set ${stamp} = excluded.${stamp}`,
      [
        key,
        null,
        rowCount === 0 ? `${reddit}u${this.#number}` : `${reddit}-${this.#number}`,
        value,
        this.#number,
      ],
    );
    await this.#query(
      'insert into afloat.expected values ($1, $2, null, null, $3) on conflict (tbl, key) do update set stamp = excluded.stamp',
      [table, key, value],
    );
  }

  /** To another submission, or another opportunity: the merge key changes. */
  async #move(draft: Draft): Promise<void> {
    const { table, key } = this.#random.pick(this.#rows);
    const { move, key: column } = this.#tables[table];
    const isChild = CHILDREN.includes(table);
    if (move === null || (isChild && this.#opportunities.length === 0)) return;
    const { id, reddit } = this.#random.pick(this.#submissions);
    const parent = isChild ? this.#random.pick(this.#opportunities) : id;
    if (table === 'opportunities' || isChild) {
      const home = isChild ? 'opportunities' : 'submissions';
      if (!(await this.#isThere(home, parent))) return;
    }
    const values: unknown[] = [key];
    const set = move
      .replace('$2', () => `$${values.push(parent)}`)
      .replace('$3', () => `$${values.push(reddit)}::text`);
    const done = await this.#run(
      draft,
      table,
      `update public.${table} set ${set} where ${column} = ${column === 'id' ? '$1::text::uuid' : '$1::text'}`,
      values,
    );
    const due = await this.#query(
      'update afloat.expected set parent = $3, sub = coalesce($4, sub) where tbl = $1 and key = $2',
      [table, key, isChild ? parent : null, table === 'app_opportunities' ? reddit : null],
    );
    this.#same(done, due, `move of ${table} ${key}`);
  }

  /** A row that the writer remembers may have been deleted in this very transaction. */
  async #isThere(table: 'submissions' | 'opportunities', id: string): Promise<boolean> {
    const { rowCount } = await this.#query(`select from public.${table} where id = $1::uuid`, [id]);
    return rowCount === 1;
  }

  /** Gives a submission another id of Reddit: what named it by the old one is without a submission now. */
  async #rename(draft: Draft): Promise<void> {
    const submission = this.#random.pick(this.#submissions);
    const reddit = `w${this.#writer}r${this.#number}`;
    const done = await this.#run(
      draft,
      'submissions',
      'update public.submissions set submission_id = $2 where id = $1::uuid',
      [submission.id, reddit],
    );
    const due = await this.#query(
      `update afloat.expected set sub = $2 where tbl = 'submissions' and key = $1`,
      [submission.id, reddit],
    );
    this.#same(done, due, `rename of submission ${submission.id}`);
    draft.effects.push(() => {
      submission.reddit = reddit;
    });
  }

  async #delete(draft: Draft): Promise<void> {
    const isSubmission = this.#random.chance(0.08) && this.#submissions.length > 8;
    const { table, key } = isSubmission
      ? { table: 'submissions' as const, key: this.#random.pick(this.#submissions).id }
      : this.#random.pick(this.#rows);
    const { key: column } = this.#tables[table];
    const done = await this.#run(
      draft,
      table,
      `delete from public.${table} where ${column} = $1${cast(column)}`,
      [key],
    );
    const due = await this.#query('delete from afloat.expected where tbl = $1 and key = $2', [table, key]);
    this.#same(done, due, `delete of ${table} ${key}`);
    if (table === 'opportunities') {
      await this.#query('delete from afloat.expected where parent = $1', [key]);
      await this.#query('delete from afloat.direct where id = $1::uuid', [key]);
    }
    draft.effects.push(() => this.#forget(table, key));
  }

  /** As dlt merges: everything of some submissions goes, and is there anew. */
  async #merge(draft: Draft): Promise<void> {
    const table = 'app_opportunities';
    const subs = Array.from({ length: 4 }, () => this.#random.pick(this.#submissions).reddit);
    const done = await this.#run(
      draft,
      table,
      `delete from public.${table} where submission_id = any ($1::text[])`,
      [subs],
    );
    const due = await this.#query(`delete from afloat.expected where tbl = $1 and sub = any ($2::text[])`, [
      table,
      subs,
    ]);
    this.#same(done, due, `merge of ${table}`);
    const rows = subs.flatMap((sub) => [1, 2].map(() => ({ key: this.#id(), sub })));
    const stamp = this.#stamp();
    const { columns } = this.#tables[table];
    const values = Object.values(columns).map((value) =>
      value
        .replace('$1', 'r.key')
        .replace('$3', 'r.sub')
        .replace('$4', '$3::text')
        .replace('$5', `${this.#number}`),
    );
    const keys = rows.map(({ key }) => key);
    const list = rows.map(({ sub }) => sub);
    await this.#run(
      draft,
      table,
      `insert into public.${table} (${Object.keys(columns).join(', ')}) select ${values.join(', ')} from unnest($1::text[], $2::text[]) r (key, sub)`,
      [keys, list, stamp],
    );
    await this.#query(
      `insert into afloat.expected select $4, r.key, null, r.sub, $3 from unnest($1::text[], $2::text[]) r (key, sub)`,
      [keys, list, stamp, table],
    );
    draft.effects.push(() => {
      for (const key of keys.slice(0, 2)) this.#rows.push({ table, key });
    });
  }

  /** Moves something from one table to another: no snapshot may see it nowhere, or twice. */
  async #transfer(draft: Draft): Promise<void> {
    const amount = 1 + this.#random.int(20);
    const pick = async (side: string) =>
      (
        await this.#query('select id from afloat.bank where side = $1 order by id offset $2 limit 1', [
          side,
          this.#random.int(12),
        ])
      ).rows[0]?.id as string;
    const [from, to] = [await pick('submissions'), await pick('workflow_results')];
    const back = this.#random.chance(0.5) ? -1 : 1;
    await this.#run(
      draft,
      'submissions',
      'update public.submissions set upvotes = upvotes - $2::int where id = $1::uuid',
      [from, amount * back],
    );
    await this.#run(
      draft,
      'workflow_results',
      'update public.workflow_results set function_count = function_count + $2::int where id = $1::uuid',
      [to, amount * back],
    );
  }

  /** While the phase is cut over, applications may write to the unified table as well. */
  async #direct(draft: Draft): Promise<void> {
    if (this.#opportunities.length === 0) return;
    // Its lock keeps the name what it is until the end of the transaction.
    await this.#query('select from public.opportunities limit 0');
    const { rows } = await this.#query(
      `select relkind from pg_class where oid = 'public.opportunities'::regclass`,
    );
    if (rows[0]?.relkind !== 'v') return;
    const id = this.#random.pick(this.#opportunities);
    const stamp = this.#stamp();
    const { rowCount } = await this.#query(
      'update public.opportunities_unified set target_audience = $2 where id = $1::uuid',
      [id, stamp],
    );
    if (rowCount === 0) return;
    draft.direct += 1;
    await this.#query(
      'insert into afloat.direct values ($1, $2) on conflict (id) do update set stamp = excluded.stamp',
      [id, stamp],
    );
  }

  async #run(
    draft: Draft,
    table: TableName,
    text: string,
    values: readonly unknown[],
  ): Promise<pg.QueryResult> {
    this.doing = text.slice(0, 160);
    const result = await this.#query(text, values);
    draft.writes += result.rowCount ?? 0;
    if (result.command === 'INSERT' && result.rowCount === 0)
      this.#problems.push(`an insert into ${table} gave no row`);
    return result;
  }

  #same(done: pg.QueryResult, due: pg.QueryResult, what: string): void {
    if (done.rowCount === due.rowCount) return;
    this.#problems.push(`${what}: ${done.rowCount} rows, and the journal has ${due.rowCount}`);
  }

  #forget(table: TableName, key: string): void {
    const drop = <T>(list: T[], is: (item: T) => boolean) => {
      const at = list.findIndex(is);
      if (at >= 0) list.splice(at, 1);
    };
    drop(this.#rows, (row) => row.key === key && row.table === table);
    if (table === 'opportunities') drop(this.#opportunities, (id) => id === key);
    if (table === 'submissions') drop(this.#submissions, ({ id }) => id === key);
  }

  #insertStatement(name: TableName): string {
    const { columns } = this.#tables[name];
    // Every parameter has a place in the statement, whether the table uses it or not.
    return `insert into public.${name} (${Object.keys(columns).join(', ')})
      select ${Object.values(columns).map(typed).join(', ')} from (select $1::text, $2::text, $3::text, $4::text, $5::int) p`;
  }

  #stamp(): string {
    return `w${this.#writer}.${this.#number}`;
  }
}

/** Parameters are text, and the number a number, in every place. */
function typed(value: string): string {
  return value
    .replace(/\$([1234])(?!:)/g, '$$$1::text')
    .replace(/\$([1234])::uuid/g, '$$$1::text::uuid')
    .replace(/\$5(?!:)/g, '$$5::int')
    .replace('$5::float8', '$5::int::float8');
}

/** A stamp with one more change: a lost one, and one that was done twice, can be read from it. */
function chained(column: string): string {
  return `case when length(${column}) > 100 then $2::text else ${column} || '+' || $2::text end`;
}

function cast(column: string): string {
  return column === 'id' ? '::uuid' : '::text';
}
