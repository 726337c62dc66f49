import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { type CopyToStreamQuery, from as copyFrom, to as copyTo } from 'pg-copy-streams';
import QueryStream from 'pg-query-stream';
import { DrydockError } from '../errors.js';
import { leaveInDoubt } from './commit-doubt.js';
import { requireUnrewritten } from './fence.js';
import { literal } from './identifier.js';
import { NoRowError } from './no-row.js';
import { transactionPooler } from './pooler.js';
import { isRewritten } from './rewritten.js';
import { isConnectionLost, sqlState } from './sqlstate.js';
import { noteStatement } from './statement-log.js';
import { type Backends, watchOver } from './watch.js';

/** A row of text values, as Postgres prints them: nothing passes through Date, Number or JSON.parse. */
export type TextRow = Readonly<Record<string, string | null>>;

/**
 * A setting by which our transactions say that what they write to the unified tables comes from the legacy tables.
 * Triggers on our tables ask for it, and believe it only of a role that owns them. Never set for a session: who got the
 * backend after us would write past the triggers.
 */
export const OWN_WRITES = 'drydock.own_writes';

const AS_TEXT = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

/** Two refusals within this time belong to one wait: between two attempts it is waited for up to five seconds. */
const SAME_WAIT_MS = 10_000;

/** Time for a connection to say good-bye; one that has stalled never does. */
const CLOSE_WITHIN_MS = 2_000;

export type Isolation = 'read committed' | 'repeatable read';

/**
 * One connection, and the only way in which Drydock speaks to Postgres. Parameters are text and want
 * a cast in the statement; results are text.
 */
export class Session {
  readonly #client: pg.Client;
  readonly #endWatch: () => void;
  #waiting = false;
  #sentAt = 0;
  /** When a lock was refused, first and last of a row of attempts. */
  #refusedLocks = { first: 0, last: Number.NEGATIVE_INFINITY };
  #closed = false;
  /** Whether the open transaction goes by one snapshot. */
  #isRepeatable = false;
  /** Whether it has read since the fence was passed. */
  #hasRead = false;
  /** Who holds what this session waits for; found out by the watch over locks. */
  blockedBy: string | undefined;
  /** Why the connection broke. */
  #lost: unknown;
  /** Its backend, as the server itself names it: a pooler says something else at the login. */
  readonly backend: number;
  readonly #isPooled: boolean;

  /**
   * Takes a connected client whose settings are pinned: see `open-session.ts`.
   *
   * @param parts.isPooled a pooler in session mode is between: its backend outlives the session
   * @param parts.backends what to do about the session's backend when its connection has gone silent
   */
  constructor(
    client: pg.Client,
    parts: { readonly backend: number; readonly isPooled: boolean; readonly backends: Backends },
  ) {
    this.#client = client;
    this.backend = parts.backend;
    this.#isPooled = parts.isPooled;
    // A connection that breaks between two statements reports itself here; the next statement fails with the cause.
    client.on('error', (error) => {
      this.#lost ??= error;
    });
    client.on('drain', () => {
      this.#waiting = false;
    });
    const { backend, backends } = parts;
    this.#endWatch = watchOver({ client, backend, isWaiting: () => this.#waiting }, backends);
  }

  /** Its backend is, or may soon be, somebody else's. */
  get isOver(): boolean {
    return this.#closed || this.#lost !== undefined;
  }

  /** For how many milliseconds an answer of the server has been awaited; 0 when none is. */
  get waitingMs(): number {
    return this.#waiting ? performance.now() - this.#sentAt : 0;
  }

  /** For how many milliseconds locks have been asked for and refused, again and again; 0 when none was lately. */
  get refusedLocksMs(): number {
    const { first, last } = this.#refusedLocks;
    return performance.now() - last > SAME_WAIT_MS ? 0 : performance.now() - first;
  }

  async query(text: string, values: readonly (string | number | null)[] = []): Promise<TextRow[]> {
    const { rows } = await this.#ask({ text, values: [...values], types: AS_TEXT });
    return rows;
  }

  /** The first row. @throws NoRowError when there is none */
  async one(text: string, values: readonly (string | number | null)[] = []): Promise<TextRow> {
    const [row] = await this.query(text, values);
    if (row === undefined) throw new NoRowError(text);
    return row;
  }

  /** Runs a statement (or several, without values) and gives the number of rows that the last one touched. */
  async execute(text: string, values: readonly (string | number | null)[] = []): Promise<number> {
    const result = await this.#ask({
      text,
      ...(values.length > 0 ? { values: [...values] } : {}),
      types: AS_TEXT,
    });
    const last = Array.isArray(result) ? (result as pg.QueryResult[]).at(-1) : result;
    return last?.rowCount ?? 0;
  }

  /** Runs statements without values in one message, one after the other; returns the rows that all of them touched. */
  async executeAll(statements: readonly string[]): Promise<number> {
    if (statements.length === 0) return 0;
    const result = await this.#ask({ text: statements.join(';\n'), types: AS_TEXT });
    return [result].flat().reduce((sum, { rowCount }: pg.QueryResult) => sum + (rowCount ?? 0), 0);
  }

  /** Runs a text that is one statement: the server refuses it when it is several. */
  async executeOne(text: string): Promise<void> {
    await this.#ask({ text, queryMode: 'extended', types: AS_TEXT } as pg.QueryConfig);
  }

  /**
   * Starts `COPY … TO STDOUT`. The stream ends only when the server has confirmed; `rowCount` is the server's. Right after
   * the fence was passed it is taken to read nothing else than the tables that were locked then.
   */
  copyOut(text: string): Readable & { readonly rowCount: number } {
    noteStatement(text);
    const copy = copyTo(text);
    endWhenConfirmed(copy);
    this.#send();
    return this.#client.query(copy) as unknown as Readable & { readonly rowCount: number };
  }

  /** Runs `COPY … FROM STDIN` and gives the server's own count of rows. */
  async copyIn(text: string, chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<number> {
    noteStatement(text);
    this.#send();
    const sink = this.#client.query(copyFrom(text));
    await pipeline(Readable.from(chunks, { objectMode: false, highWaterMark: 1 << 20 }), sink);
    return sink.rowCount;
  }

  /** Reads a large result piece by piece. */
  stream(text: string, values: readonly string[] = [], batchSize = 200): AsyncIterable<TextRow> {
    this.#hasRead = this.#isRepeatable;
    noteStatement(text);
    const query = new QueryStream(text, [...values], { batchSize, types: AS_TEXT } as ConstructorParameters<
      typeof QueryStream
    >[2]);
    return this.#client.query(query) as AsyncIterable<TextRow>;
  }

  async begin(
    isolation: Isolation = 'read committed',
    access: 'read write' | 'read only' = 'read write',
  ): Promise<void> {
    // A pooler that changed its mode meanwhile: better before the transaction than in it.
    if (this.#isPooled) await this.backendPid();
    const own = access === 'read write' ? `; set local ${OWN_WRITES} = 'on'` : '';
    await this.execute(`begin isolation level ${isolation} ${access}${own}`);
    this.#isRepeatable = isolation === 'repeatable read';
    this.#hasRead = false;
  }

  /**
   * Makes sure that no table that this transaction has read was rewritten under its snapshot: see fence.ts. A commit does
   * so by itself; this is for what is used without one.
   *
   * @throws RewrittenError
   */
  async passFence(): Promise<void> {
    if (!this.#hasRead) return;
    await requireUnrewritten(this);
    this.#hasRead = false;
  }

  /** Why work in this transaction has failed: what it concluded from rows that the snapshot does not show is no reason. */
  async reasonOf(error: unknown): Promise<unknown> {
    // After an error of the server nothing can be asked.
    if (sqlState(error)?.length === 5) return error;
    return this.passFence().then(
      () => error,
      (other: unknown) => (isRewritten(other) ? other : error),
    );
  }

  /**
   * The name under which other sessions can take over this transaction's snapshot, as long as it lasts. None on a
   * standby, where a snapshot is never exported: a session that takes one over beside an open transaction of the primary
   * with more than 64 subtransactions takes it for failed, and writes that into the pages. Its rows are then invisible
   * on the standby for good. (Seen on 14 to 18; only some of their newest minors know better.)
   */
  async exportSnapshot(): Promise<string | null> {
    const { id } = await this.one(
      'select case when not pg_is_in_recovery() then pg_export_snapshot() end as id',
    );
    return id ?? null;
  }

  /** Whether the server is a standby: it takes no writes, and no temporary tables either. */
  async isStandby(): Promise<boolean> {
    return (await this.one('select pg_is_in_recovery()::text as standby')).standby === 'true';
  }

  /** Takes over a snapshot; before the first query of a repeatable-read transaction. */
  async importSnapshot(snapshot: string): Promise<void> {
    try {
      await this.execute(`set transaction snapshot ${literal(snapshot)}`);
    } catch (error) {
      throw SNAPSHOT_GONE.has(sqlState(error) ?? '') ? exporterLost(error) : error;
    }
  }

  /** Commits, and makes sure of it: COMMIT of a failed transaction succeeds with the tag ROLLBACK. */
  async commit(): Promise<void> {
    await this.passFence();
    this.#isRepeatable = false;
    const { command } = await this.#ask({ text: 'commit' }).catch((error: unknown) => {
      if (isConnectionLost(error)) leaveInDoubt(error);
      throw error;
    });
    if (command !== 'COMMIT') {
      throw new DrydockError({
        code: 'not-committed',
        what: `The server answered ${command} to a COMMIT.`,
        state: 'The transaction was rolled back; what was committed before it is in the ledger.',
        next: 'Give the same command again: it goes on where it stopped. The log of the server says what failed.',
      });
    }
  }

  async rollback(): Promise<void> {
    this.#isRepeatable = false;
    this.#hasRead = false;
    await this.execute('rollback');
  }

  /** Runs the work in a transaction. When the rollback fails too, both errors are kept, the first one first. */
  async transaction<T>(work: () => Promise<T>, isolation: Isolation = 'read committed'): Promise<T> {
    await this.begin(isolation);
    try {
      const result = await work();
      await this.commit();
      return result;
    } catch (error) {
      if (this.#closed) throw error;
      const reason = await this.reasonOf(error);
      await this.rollback().catch(() => undefined);
      throw reason;
    }
  }

  /** Ends the connection; a statement under way is not waited for. Never fails. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#endWatch();
    const giveUp = setTimeout(() => this.#client.connection.stream.destroy(), CLOSE_WITHIN_MS);
    if (this.#isPooled && this.#lost === undefined) await this.#leaveAsFound();
    await this.#client.end().catch(() => undefined);
    clearTimeout(giveUp);
  }

  /** The same, asked again: a pooler may have changed its mode meanwhile. */
  async backendPid(): Promise<number> {
    if (!this.#isPooled) return this.backend;
    const pid = Number((await this.one('select pg_catalog.pg_backend_pid() as pid')).pid);
    if (pid !== this.backend) throw transactionPooler('What was committed before is in the ledger.');
    return pid;
  }

  /** Not every pooler does it between two of its clients. */
  async #leaveAsFound(): Promise<void> {
    for (const text of ['rollback', 'discard all']) {
      await this.#client.query(text).catch(() => undefined);
    }
  }

  #send(): void {
    this.#waiting = true;
    this.#sentAt = performance.now();
  }

  /** A refused lock counts as the same wait as the one before, and its error names who held it. */
  #refused(error: unknown): void {
    if (sqlState(error) !== '55P03') return;
    const first = this.refusedLocksMs > 0 ? this.#refusedLocks.first : this.#sentAt;
    this.#refusedLocks = { first, last: performance.now() };
    Object.assign(error as object, { blockedBy: this.blockedBy });
  }

  async #ask(statement: pg.QueryConfig): Promise<pg.QueryResult<Record<string, string | null>>> {
    noteStatement(statement.text);
    this.#send();
    this.#hasRead = this.#isRepeatable;
    try {
      return await this.#client.query(statement);
    } catch (error) {
      this.#refused(error);
      // On a connection that is gone the driver only says that it is.
      throw this.#lost !== undefined && sqlState(error) === undefined ? this.#lost : error;
    }
  }
}

/** What the server says of a snapshot that it does not have: version 16 and newer, and older ones. */
const SNAPSHOT_GONE = new Set(['42704', '22023']);

/** A snapshot lasts as long as the transaction that gave it. */
function exporterLost(cause: unknown): DrydockError {
  return new DrydockError({
    code: 'connection-lost',
    what: 'The connection was lost whose snapshot the other ones were to share.',
    state: 'What was committed is in the ledger; the legacy tables are as they were.',
    next: 'Give the same command again when the server answers.',
    cause,
  });
}

/**
 * Holds the end of a COPY's stream back until the server has answered to the end. The driver ends it with the last
 * data, and the server's count of rows may come in a later packet: whoever compares would then compare with 0.
 */
function endWhenConfirmed(copy: CopyToStreamQuery): void {
  const push = copy.push.bind(copy);
  let [ended, confirmed] = [false, false];
  const end = (): boolean => ended && confirmed && push(null);
  copy.push = (chunk: unknown) => {
    if (chunk !== null) return push(chunk);
    ended = true;
    return end();
  };
  Object.assign(copy, {
    handleReadyForQuery() {
      confirmed = true;
      end();
    },
  });
}
