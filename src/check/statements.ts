import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup } from '../backup/backup.js';
import { declaredModel } from '../consolidation/phase.js';
import { foundModel } from '../consolidation/variants.js';
import { type Context, openContext } from '../context/context.js';
import { secondsSince, stoppable } from '../context/stoppable.js';
import { complete } from '../cutover/complete.js';
import { cutover } from '../cutover/cutover.js';
import { rollback } from '../cutover/rollback.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import { connector } from '../db/connect.js';
import { readTogether } from '../db/fresh-snapshot.js';
import { hearingStatements } from '../db/statement-log.js';
import { detectLegacy } from '../legacy/detect.js';
import { consolidationsOf } from '../project/project.js';
import { requireOptions } from '../reports/options.js';
import type { ProgressEvent } from '../reports/progress.js';
import type { StatementsOptions, StatementsReport, StatementVerb } from '../reports/statements.js';
import { run } from '../verbs/run.js';
import { sync } from '../verbs/sync.js';
import { poolsOf, randomRows, relationName, type SourcePools } from './generated-rows.js';
import { Random } from './random.js';
import { makeTables, readDefinitions, relatedTables } from './schema-copy.js';
import { openScratch, withClient } from './scratch.js';
import { StatementList } from './statement-list.js';
import { insertion, oldNameWrites } from './writes.js';

const ROWS = 20;
const CHANGES = 12;

/**
 * The statements that a command would send, each distinct one once, in order. They are not put together from templates: the
 * tables are made again on a server for trials, with a few generated rows, and what the command sends there is written down.
 * Of the user's database only the catalog is read.
 *
 * @throws DrydockError
 */
export async function statements(options: StatementsOptions): Promise<StatementsReport> {
  requireOptions('statements', options);
  const start = performance.now();
  return stoppable(options, 'Nothing was written to your database: it was only read.', () =>
    withCleanup(async (cleanup) => {
      const context = await openContext(options, cleanup, 'welcome');
      const made = await rehearse(context, options, cleanup);
      const { database, schema, server } = context;
      return { database, schema, verb: options.verb, server, ...made, seconds: secondsSince(start) };
    }),
  );
}

async function rehearse(
  context: Context,
  options: StatementsOptions,
  cleanup: Cleanup,
): Promise<Pick<StatementsReport, 'madeOn' | 'statements' | 'caveats'>> {
  const { session, project, schema, legacy, signal, phaseNames } = context;
  const say = (message: string) => context.report({ type: 'notice', level: 'info', message });
  // Once a legacy table was dropped, a view has its name.
  const tables = [...legacy.tables.values()].filter(({ kind }) => kind !== 'v');
  const definitions = await readTogether(session, signal, async () =>
    readDefinitions(session, tables, giftsOf(context), await relatedTables(session, tables)),
  );
  say('Starting a server for trials ...');
  const scratch = await openScratch(options.scratchUrl, cleanup);
  signal?.throwIfAborted();
  await makeTables(scratch.base, definitions, [schema, ...new Set(tables.map(({ home }) => home))]);
  const pools = await sourcesIn(scratch.base, context, definitions);
  await insertRows(scratch.base, pools);
  const databaseUrl = await scratch.copy();
  const phases = phaseNames.filter(
    (name) => consolidationsOf(project, [name]).length > 0 || project.derived?.name === name,
  );
  const target = { databaseUrl, project, schema, phases, signal };
  say('Bringing it to where yours is ...');
  await bringTo(target, stateBefore(context, options.verb));
  if (options.verb === 'sync') await writeChanges(databaseUrl, pools);
  if (options.dropLegacy === true) await backUp(target, cleanup);
  say('Writing down what is sent ...');
  const list = new StatementList(new URL(databaseUrl).pathname.slice(1), context.database);
  const onProgress = (event: ProgressEvent) =>
    event.type === 'step' && list.step(`${event.phase}: ${event.step}`);
  await hearingStatements(
    (text) => list.add(text),
    () => VERBS[options.verb]({ ...target, onProgress }, options),
  );
  const madeOn = await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    );
    return rows[0]?.version ?? '';
  });
  return {
    madeOn,
    statements: list.all(),
    caveats: caveats(context, madeOn, definitions.notCarried, pools.length),
  };
}

type Target = Parameters<typeof run>[0];

const VERBS: Readonly<
  Record<StatementVerb, (target: Target, options: StatementsOptions) => Promise<unknown>>
> = {
  run: (target, { capture }) => run({ ...target, capture }),
  sync: (target) => sync(target),
  cutover: (target) => cutover({ ...target, noBackup: true }),
  complete: (target, { dropLegacy }) => complete({ ...target, dropLegacy }),
  rollback: (target, { drop }) => rollback({ ...target, drop }),
};

type State = 'new' | 'loaded' | 'cut-over' | 'completed';
const ORDER: readonly State[] = ['new', 'loaded', 'cut-over', 'completed'];

/** Where the database stands, or has to stand for the command. */
function stateBefore({ entries, phaseNames }: Context, verb: StatementVerb): State {
  const least = {
    run: 'new',
    sync: 'loaded',
    cutover: 'loaded',
    complete: 'cut-over',
    rollback: 'loaded',
  } as const;
  const now = phaseNames.map((name): State => {
    const state = entries.get(name)?.state;
    if (state === undefined || state === 'loading') return 'new';
    return state === 'cut-over' || state === 'completed' ? state : 'loaded';
  });
  const reached = Math.max(...now.map((state) => ORDER.indexOf(state)), 0);
  return ORDER[Math.max(reached, ORDER.indexOf(least[verb]))] ?? 'new';
}

async function bringTo(target: Target, state: State): Promise<void> {
  const steps = ORDER.indexOf(state);
  if (steps >= 1) await run(target);
  if (steps >= 2) await cutover({ ...target, noBackup: true });
  if (steps >= 3) await complete(target);
}

function giftsOf({ project, phaseNames, legacy, entries }: Context): string[] {
  return consolidationsOf(project, phaseNames).flatMap((definition) =>
    definition
      .bind(legacy, new Set(entries.keys()))
      .bound.sources.flatMap(({ rule }) => (rule.gifts ?? []).map(({ sql }) => sql)),
  );
}

async function sourcesIn(
  url: string,
  { project, phaseNames, schema, signal }: Context,
  definitions: Parameters<typeof poolsOf>[1]['definitions'],
): Promise<SourcePools[]> {
  return withCleanup(async (cleanup) => {
    const session = await connector(url, signal).open(cleanup);
    const legacy = await detectLegacy(session, { tables: project.tables, schema });
    const all: SourcePools[] = [];
    for (const definition of consolidationsOf(project, phaseNames)) {
      const declared = declaredModel(definition);
      if (declared === null) continue;
      const phase = definition.bind(legacy, new Set());
      const model = foundModel(declared, legacy);
      all.push(...(await poolsOf(session, { phase, model, definitions }, () => undefined)));
    }
    return all;
  });
}

/** Rows without regard to triggers and foreign keys. */
async function insertRows(url: string, pools: readonly SourcePools[]): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(`set session_replication_role = replica`);
    for (const { table, values } of randomRows(pools, ROWS, new Random(1)))
      await client
        .query(insertion(relationName(pools, table), values, ' overriding system value'))
        .catch(() => undefined);
  });
}

/** Changes for a sync to apply; those that the tables refuse are none. */
async function writeChanges(url: string, pools: readonly SourcePools[]): Promise<void> {
  const random = new Random(2);
  const rows = randomRows(pools, ROWS, new Random(1));
  await withClient(url, async (client) => {
    for (const write of pools.length === 0 ? [] : oldNameWrites(pools, rows, CHANGES, random))
      await client.query(write.statement(relationName(pools, write.table))).catch(() => undefined);
  });
}

async function backUp(target: Target, cleanup: Cleanup): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'drydock-statements-'));
  cleanup.add(() => rm(directory, { recursive: true }));
  await backup({ ...target, to: join(directory, 'backup') });
}

function caveats(context: Context, madeOn: string, notCarried: readonly string[], sources: number): string[] {
  const major = (version: string) => version.split('.')[0];
  return [
    ...(major(madeOn) === major(context.server)
      ? []
      : [
          `They were written down on PostgreSQL ${madeOn}, and yours is ${context.server}: name a server of that version with --scratch-url.`,
        ]),
    ...(sources > 0
      ? []
      : ['No rows could be generated for these tables: statements about rows may be missing.']),
    'Keys, numbers of batches, snapshots and times stand in the texts as they were in the trial. Of large tables ranges are cut by a sample, and a busy server has locks asked for again.',
    ...notCarried.map((what) => `It was not there in the trial: ${what}.`),
  ];
}
