import type pg from 'pg';
import { cutover } from '../cutover/cutover.js';
import { rollback } from '../cutover/rollback.js';
import { ident, qualified } from '../db/identifier.js';
import type { ConsolidationModel } from '../declare/model.js';
import { DrydockError, StoppedError } from '../errors.js';
import type { Project } from '../project/project.js';
import type { CheckFault } from '../reports/check.js';
import type { PhaseVerification } from '../reports/verify.js';
import { run } from '../verbs/run.js';
import { sync } from '../verbs/sync.js';
import { verify } from '../verbs/verify.js';
import { differenceOf } from './difference.js';
import { followsOthers } from './followers.js';
import { type GeneratedRow, giftsOf, type SourcePools } from './generated-rows.js';
import { type Scratch, withClient } from './scratch.js';
import { identityTargets, insertion, sourcesOf, unifiedName, type Write } from './writes.js';

/** What worlds are tried on: one consolidation, whose tables are in the scratch database. */
export interface Stage {
  readonly scratch: Scratch;
  readonly project: Project;
  readonly schema: string;
  readonly model: ConsolidationModel;
  readonly sources: readonly SourcePools[];
  readonly signal: AbortSignal | undefined;
  /** When no further write is begun, by `performance.now()`. */
  readonly until: number;
}

/** Generated rows, and what is written after the cutover. */
export interface World {
  readonly rows: readonly GeneratedRow[];
  readonly writes: readonly Write[];
}

/** What went wrong, and with which rows and writes as far as that is known. */
export interface Found {
  readonly kind: CheckFault['kind'];
  readonly message: string;
  /** The row that it was seen at. */
  readonly at: { readonly table: string; readonly row: Readonly<Record<string, string | null>> } | null;
  readonly writes: readonly Write[];
}

export interface WorldOutcome {
  readonly found: Found | null;
  readonly rows: number;
  readonly refusedRows: number;
  readonly oldNames: number;
  readonly unified: number;
  readonly refused: number;
  /** Of the writes to the unified table, which were taken. */
  readonly taken: ReadonlySet<Write>;
  /** What a caller asked of the database when the rows were loaded. */
  readonly asked: unknown;
}

const FEWEST_WRITES = 10;
const SHADOW = 'drydock_check_shadow';

/**
 * Tries one world from end to end: rows are inserted, loaded and verified; the names are cut over; each write under an old name
 * goes to a plain copy of the table as well, and both have to hold the same; each direct write has to be what the next sync makes
 * of it; at last all is rolled back, and the tables have to hold what the old names showed.
 *
 * @param ask is called when the rows are loaded
 */
export async function tryWorld(
  stage: Stage,
  world: World,
  ask?: (client: pg.Client) => Promise<unknown>,
): Promise<WorldOutcome> {
  const { scratch } = stage;
  const url = await scratch.copy();
  try {
    return await withClient(url, (client) => new WorldTrial(stage, url, client).outcomeOf(world, ask));
  } finally {
    await scratch.drop(url);
  }
}

class WorldTrial {
  readonly #stage: Stage;
  readonly #options: {
    readonly databaseUrl: string;
    readonly project: Project;
    readonly schema: string;
    readonly signal: AbortSignal | undefined;
  };
  readonly #client: pg.Client;
  readonly #counts = { rows: 0, refusedRows: 0, oldNames: 0, unified: 0, refused: 0 };
  readonly #taken = new Set<Write>();

  constructor(stage: Stage, databaseUrl: string, client: pg.Client) {
    this.#stage = stage;
    this.#client = client;
    const { project, schema, signal } = stage;
    this.#options = { databaseUrl, project, schema, signal };
  }

  async outcomeOf(world: World, ask?: (client: pg.Client) => Promise<unknown>): Promise<WorldOutcome> {
    await this.#insert(world.rows);
    const failed = await this.#load();
    if (failed !== null) return this.#outcome(failed, null);
    const asked = (await ask?.(this.#client)) ?? null;
    return this.#outcome(world.writes.length === 0 ? null : await this.#write(world.writes), asked);
  }

  #outcome(found: Found | null, asked: unknown): WorldOutcome {
    return { found, ...this.#counts, taken: this.#taken, asked };
  }

  /** Rows that the tables themselves refuse are left out, and those of which the declared SQL has no value. */
  async #insert(rows: readonly GeneratedRow[]): Promise<void> {
    const bySource = new Map(this.#stage.sources.map((one) => [one.source.table, one]));
    for (const { table, values } of rows) {
      const one = bySource.get(table);
      if (one === undefined) continue;
      const relation = relationOf(one);
      // One text is one transaction.
      const ok = await this.#try(
        `${insertion(relation, values, ' overriding system value')}; ${giftsOf(one, relation)}`,
      );
      if (ok === null) this.#counts.rows += 1;
      else this.#counts.refusedRows += 1;
    }
  }

  /** @returns the SQLSTATE and constraint of what was refused; null: it was taken */
  async #try(
    sql: string,
  ): Promise<{ readonly code: string; readonly constraint: string; readonly message: string } | null> {
    try {
      await this.#client.query(sql);
      return null;
    } catch (error) {
      const {
        code,
        constraint = '',
        message,
      } = error as { code?: string; constraint?: string; message: string };
      if (code === undefined) throw error;
      return { code, constraint, message };
    }
  }

  async #load(): Promise<Found | null> {
    const done = await step('run', () => run(this.#options));
    if ('found' in done) return done.found;
    if (done.value.outcome === 'different')
      return differing(
        'run',
        done.value.phases.flatMap(({ verification }) => verification ?? []),
        this.#stage,
      );
    return this.#verify();
  }

  async #verify(): Promise<Found | null> {
    const done = await step('verify', () => verify({ ...this.#options, strict: true }));
    if ('found' in done) return done.found;
    return done.value.equal ? null : differing('verify', done.value.phases, this.#stage);
  }

  async #write(writes: readonly Write[]): Promise<Found | null> {
    await this.#makeShadows();
    const done = await step('cutover', () => cutover({ ...this.#options, noBackup: true }));
    if ('found' in done) return done.found;
    const ofOldNames = writes.filter(({ on }) => on === 'old-names');
    return (
      (await this.#writeOldNames(ofOldNames)) ??
      (await this.#writeUnified(writes.filter(({ on }) => on === 'unified'))) ??
      (await this.#goBack())
    );
  }

  /** A few of each kind in any case. */
  *#inTime(writes: readonly Write[]): Generator<Write> {
    for (const [at, write] of writes.entries())
      if (at < FEWEST_WRITES || performance.now() < this.#stage.until) yield write;
  }

  async #makeShadows(): Promise<void> {
    await this.#client.query(`create schema ${SHADOW}`);
    for (const one of this.#stage.sources) {
      const columns = [...one.pools.keys()].map(ident).join(', ');
      const shadow = shadowOf(one);
      await this.#client.query(`create table ${shadow} (like ${relationOf(one)} including all)`);
      await this.#client.query(
        `insert into ${shadow} (${columns}) overriding system value select ${columns} from ${relationOf(one)}`,
      );
    }
  }

  async #writeOldNames(writes: readonly Write[]): Promise<Found | null> {
    for (const write of this.#inTime(writes)) {
      const one = this.#stage.sources.find(({ source }) => source.table === write.table);
      if (one === undefined) continue;
      const shadow = shadowOf(one);
      const plain = await this.#try(`${write.statement(shadow)}; ${giftsOf(one, shadow)}`);
      // What the declaration has no value for was found already.
      if (plain !== null && !plain.code.startsWith('23')) continue;
      const seen = await this.#try(write.statement(relationOf(one)));
      this.#counts.oldNames += 1;
      if (plain !== null) this.#counts.refused += 1;
      if ((plain === null) !== (seen === null))
        return {
          kind: 'old-names',
          message: `A write under the old name ${write.table} ${seen === null ? `was taken, and the same write to a plain table was refused (${plain?.message})` : `was refused (${seen.message}), and the same write to a plain table was taken`}.`,
          at: { table: write.table, row: write.row },
          writes: [write],
        };
    }
    if (writes.length === 0) return null;
    for (const one of this.#stage.sources) {
      const difference = await differenceOf(this.#client, relationOf(one), shadowOf(one));
      if (difference !== null)
        return {
          kind: 'old-names',
          message: `After these writes ${one.source.table} shows under its old name ${difference.ours ?? 'no such row'}, and a plain table with the same writes holds ${difference.theirs ?? 'no such row'}.`,
          at: null,
          writes,
        };
    }
    const done = await step('sync', () => sync(this.#options));
    if ('found' in done) return { ...done.found, writes };
    const found = await this.#verify();
    return found === null ? null : { ...found, writes };
  }

  /** Where rows are resolved by others, they follow these when they are made or deleted: such writes are tried by themselves. */
  async #writeUnified(writes: readonly Write[]): Promise<Found | null> {
    const following = followsOthers(this.#stage.model);
    if (following === null) return this.#writeDirectly(writes, 'false');
    const made = writes.filter(({ makes }) => makes === true);
    const changed = writes.filter(({ makes }) => makes !== true);
    return (await this.#writeDirectly(changed, 'false')) ?? (await this.#writeDirectly(made, following));
  }

  /** @param following SQL over a unified row `u`: whether the next sync may make another one of it */
  async #writeDirectly(writes: readonly Write[], following: string): Promise<Found | null> {
    const relation = unifiedName(this.#stage.schema, this.#stage.model);
    const taken: Write[] = [];
    for (const write of this.#inTime(writes)) {
      const refused = await this.#try(write.statement(relation));
      this.#counts.unified += 1;
      if (refused === null) {
        taken.push(write);
        this.#taken.add(write);
        continue;
      }
      this.#counts.refused += 1;
      if (refused.constraint.startsWith('drydock_') || /^(22|23)/.test(refused.code)) continue;
      return {
        kind: 'unified',
        message: `A direct write failed without a reason that an application could act on: ${refused.message} (SQLSTATE ${refused.code}).`,
        at: { table: write.table, row: write.row },
        writes: [write],
      };
    }
    if (taken.length === 0) return null;
    const before = await this.#unified(relation, following);
    const done = await step('sync', () => sync(this.#options));
    if ('found' in done) return { ...done.found, writes: taken };
    const after = await this.#unified(relation, following);
    const changed = [...new Set([...before.keys(), ...after.keys()])].find((id) => {
      const [was, is] = [before.get(id), after.get(id)];
      return was?.row !== is?.row && was?.follows !== true && is?.follows !== true;
    });
    if (changed !== undefined)
      return {
        kind: 'unified',
        message: `A direct write did not last: the row was ${before.get(changed)?.row ?? 'not there'}, and the next sync made of it ${after.get(changed)?.row ?? 'nothing'}.`,
        at: await this.#sourceRow(relation, changed),
        writes: taken,
      };
    const found = await this.#verify();
    return found === null ? null : { ...found, writes: taken };
  }

  async #unified(
    relation: string,
    following: string,
  ): Promise<ReadonlyMap<string, { readonly row: string; readonly follows: boolean }>> {
    const { rows } = await this.#client.query<{ id: string; row: string; follows: boolean }>(
      `select u.id::text as id, u::text as row, ${following} as follows from ${relation} u order by u.id`,
    );
    return new Map(rows.map(({ id, ...one }) => [id, one]));
  }

  /** A legacy row that a unified one is made of. */
  async #sourceRow(relation: string, id: string): Promise<Found['at']> {
    for (const one of sourcesOf(this.#stage.model, this.#stage.sources)) {
      const targets = identityTargets(one);
      const columns = targets.map(([, target]) => `u.${ident(target)}::text`).join(', ');
      const { rows } = await this.#client.query<{ identity: (string | null)[] }>(
        `select array[${columns}] as identity from ${relation} u where u.id::text = $1::text and u.${ident(one.source.flag)}`,
        [id],
      );
      const [row] = rows;
      if (row !== undefined)
        return {
          table: one.source.table,
          row: Object.fromEntries(targets.map(([name], at) => [name, row.identity[at] ?? null])),
        };
    }
    return null;
  }

  async #goBack(): Promise<Found | null> {
    const shown = this.#stage.sources;
    for (const [at, one] of shown.entries())
      await this.#client.query(
        `create table ${SHADOW}.shown_${at} as select r::text as row from ${relationOf(one)} r`,
      );
    const done = await step('rollback', () => rollback(this.#options));
    if ('found' in done) return done.found;
    for (const [at, one] of shown.entries()) {
      const { rows } = await this.#client.query<{ row: string }>(
        `(select 'lost ' || row as row from (select row from ${SHADOW}.shown_${at} except all select r::text from ${relationOf(one)} r) x)
         union all (select 'new ' || row from (select r::text as row from ${relationOf(one)} r except all select row from ${SHADOW}.shown_${at}) y) limit 1`,
      );
      const [row] = rows;
      if (row !== undefined)
        return {
          kind: 'rollback',
          message: `After the rollback ${one.source.table} does not hold what its old name showed before: ${row.row}.`,
          at: null,
          writes: [],
        };
    }
    return null;
  }
}

export function relationOf({ bound }: SourcePools): string {
  return qualified(bound.table.home, bound.table.name);
}

function shadowOf({ source }: SourcePools): string {
  return qualified(SHADOW, source.table);
}

/** A verb; what it fails with is a fault, but for the end that a person asked for. */
async function step<T>(
  kind: Found['kind'],
  verb: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly found: Found }> {
  try {
    return { value: await verb() };
  } catch (error) {
    if (!(error instanceof DrydockError) || error instanceof StoppedError) throw error;
    return { found: { kind, message: `${error.message} (${error.code})`, at: null, writes: [] } };
  }
}

function differing(kind: 'run' | 'verify', phases: readonly PhaseVerification[], stage: Stage): Found {
  const difference = phases.flatMap(({ tables }) => tables).flatMap(({ differences }) => differences)[0];
  if (difference === undefined) {
    const broken = phases.flatMap(({ invariants }) => invariants).find(({ ok }) => !ok);
    const uneven = phases.flatMap(({ accounting }) => accounting).find(({ balanced }) => !balanced);
    return {
      kind: 'verify',
      message:
        broken !== undefined
          ? `An invariant does not hold: ${broken.name} (${broken.detail}).`
          : `The rows of ${uneven?.table ?? 'a table'} do not add up.`,
      at: null,
      writes: [],
    };
  }
  const { table, kind: how, row, columns } = difference;
  const values = columns.map(
    ({ column, legacy, unified }) =>
      `${column} is ${JSON.stringify(legacy)}, and comes back as ${JSON.stringify(unified)}`,
  );
  return {
    kind: kind === 'run' ? 'verify' : kind,
    message: `A row of ${table} is ${how} (${row})${values.length === 0 ? '' : `: ${values.join('; ')}`}.`,
    at: located(stage, table, row),
    writes: [],
  };
}

/** `id=7` as the verifier names a row; only of identities of one column. */
function located({ sources }: Stage, table: string, row: string): Found['at'] {
  const identity = sources.find(({ source }) => source.table === table)?.source.identity ?? [];
  const [name] = identity;
  const [, value] = /^[^=]+=(.*)$/s.exec(row) ?? [];
  return identity.length !== 1 || name === undefined || value === undefined
    ? null
    : { table, row: { [name]: value } };
}
