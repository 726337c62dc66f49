import { setTimeout as sleep } from 'node:timers/promises';
import { generateLegacyData } from '../../fixtures/generate.js';
import { type LegacyMixture, SHAPE_B } from '../../fixtures/mixture.js';
import { Random, streamKey } from '../../fixtures/random.js';
import { createLegacySchema } from '../../fixtures/schema/create.js';
import { withCleanup } from '../../src/db/cleanup.js';
import { FaultServer } from '../faults/server.js';
import { inequalities, pairsOf } from '../support/legacy-pairs.js';
import { Crew } from './crew.js';
import { Follower } from './follower.js';
import { judgeTables, openJournal } from './journal.js';
import { judgeCommits, notGivenBack } from './judges.js';
import { Pilot } from './pilot.js';
import { judgeSight, MAKE_ROLES, rightsOf } from './rights.js';
import { watchSums } from './sums.js';
import { tablesOf } from './tables.js';
import type { WriterReport } from './writer.js';

export interface VoyageOptions {
  readonly main: string;
  /** It goes on for so long, and until so much was written, and until it was cut over and back so often. */
  readonly seconds: number;
  readonly writes: number;
  readonly cycles: number;
  readonly seed: number;
  readonly writers: number;
  readonly submissions: number;
  /** The first run is over before anybody writes: to look at what comes after it alone. */
  readonly quietRun: boolean;
  /** Share of Drydock's commands that are shot at. */
  readonly faults: number;
  readonly say: (line: string) => void;
}

export interface VoyageReport {
  readonly problems: readonly string[];
  readonly cycles: number;
  readonly faults: number;
  readonly commands: number;
  readonly writers: readonly WriterReport[];
  readonly sums: number;
}

const DATABASE = 'afloat';
/** What `complete` asks for where a legacy table has policies: they would not hold for the views of the unified table. */
const WITHOUT_POLICIES = `
revoke all on public.opportunities from afloat_reader, afloat_writer;
revoke update (status) on public.opportunities from afloat_reader;
alter table drydock_legacy.opportunities disable row level security;
`;
const PHASES = ['opportunities', 'assessments'] as const;

/**
 * Takes a database through run, sync, cutover, rollback, and so on, until the time is over, then completes it, while
 * applications write without pause and Drydock is shot at; and judges what is in it.
 */
export async function voyage(options: VoyageOptions): Promise<VoyageReport> {
  const { seed, say } = options;
  const random = new Random().reset(streamKey(seed, 11), 1);
  const app = random.chance(0.5) ? 'dlt' : 'table';
  const mixture: LegacyMixture = { ...SHAPE_B, appOpportunities: app };
  const tables = tablesOf(app);
  return withCleanup(async (cleanup) => {
    const server = await FaultServer.start();
    cleanup.add(() => server.stop());
    await server.with('postgres', (client) => client.query(`create database ${DATABASE}`));
    const client = await server.connect(DATABASE);
    cleanup.add(() => client.end());
    await createLegacySchema(client, mixture);
    await generateLegacyData(() => server.connect(DATABASE), {
      mixture,
      submissions: options.submissions,
      oddShare: 0.05,
    });
    await openJournal(client, tables);
    await client.query(MAKE_ROLES);
    const problems: string[] = [];
    const rights = await rightsOf(client);
    const pilot = new Pilot({
      server,
      database: DATABASE,
      main: options.main,
      random,
      share: options.faults,
      say,
    });
    const follower = new Follower(options.main, server.urlOf(DATABASE), say);
    const watch = watchSums(await server.connect(DATABASE));
    cleanup.add(async () => void (await watch.stop()));
    const look = async (when: string) => {
      const found = await rightsOf(client);
      problems.push(
        ...rights.filter((fact) => !found.includes(fact)).map((fact) => `${when}: no longer so: ${fact}`),
      );
      problems.push(...(await judgeSight(client, when)));
    };
    const states = async (): Promise<Record<string, string>> => {
      const { rows: ledger } = await client.query(
        `select from pg_tables where schemaname = 'drydock' and tablename = 'phases'`,
      );
      if (ledger.length === 0) return {};
      const { rows } = await client.query<{ phase: string; state: string }>(
        'select phase, state from drydock.phases',
      );
      return Object.fromEntries(rows.map(({ phase, state }) => [phase, state]));
    };
    const cutOver = async () => {
      for (const phase of PHASES) {
        await pilot.give(
          ['cutover', '--phase', phase, '--no-backup', '--json'],
          async () => (await states())[phase] === 'cut-over',
        );
      }
      await look('cut over');
    };
    const goBack = async () => {
      for (const phase of [...PHASES].reverse()) {
        const isBack = async () => (await states())[phase] !== 'cut-over';
        await pilot.give(['rollback', '--phase', phase, '--yes', '--json'], isBack);
      }
      await look('rolled back');
    };
    const run = async () => {
      for (const phase of PHASES) {
        await pilot.give(['run', '--phase', phase, '--batch-size', '200', '--json'], async () =>
          ['loaded', 'different', 'verified'].includes((await states())[phase] ?? ''),
        );
      }
    };

    if (options.quietRun) await run();
    const crew = Crew.start(server.urlOf(DATABASE), { writers: options.writers, seed, app });
    cleanup.add(() => crew.kill());
    const isFine = () => crew.atWork && pilot.problems.length === 0 && problems.length === 0;
    const sail = async (ms: number) => sleep(Math.min(ms, 200 + random.int(ms)));

    const end = performance.now() + options.seconds * 1_000;
    const isOver = (cycles: number) =>
      cycles >= Math.max(1, options.cycles) && performance.now() > end && crew.writes >= options.writes;
    await sleep(1_000);
    if (!options.quietRun) await run();
    await look('run');
    await follower.start();
    let cycles = 0;
    while (isFine()) {
      if (random.chance(0.5)) await pilot.give(['sync', '--json']);
      await cutOver();
      await sail(2_500);
      if (!isFine() || isOver(cycles)) break;
      if (random.chance(0.3)) await follower.start();
      await goBack();
      cycles += 1;
      say(`cycle ${cycles}: cut over and back; ${crew.writes} writes`);
      await sail(1_000);
    }
    const writers = await crew.stop();
    await follower.stop();
    await pilot.give(['sync', '--json']);
    problems.push(...(await judgeTables(client, tables, 'at rest')));
    problems.push(...(await judgeCommits(client, writers)));
    if (pilot.problems.length === 0) {
      problems.push(
        ...(await inequalities(client, pairsOf(mixture))),
        ...(await notGivenBack(client, tables)),
      );
    }
    if (problems.length === 0 && pilot.problems.length === 0) {
      await pilot.give(['verify', '--strict', '--json']);
      await client.query(WITHOUT_POLICIES);
      for (const phase of [...PHASES].reverse()) {
        const isComplete = async () => (await states())[phase] === 'completed';
        await pilot.give(['complete', '--phase', phase, '--yes', '--json'], isComplete);
      }
      problems.push(...(await judgeTables(client, tables, 'completed')));
    }
    const sums = await watch.stop();
    problems.push(
      ...sums.problems,
      ...pilot.problems,
      ...pilot.alarms,
      ...follower.problems,
      ...writers.flatMap((writer) => writer.problems),
    );
    return {
      problems,
      cycles,
      faults: pilot.faults + follower.kills,
      commands: pilot.commands,
      writers,
      sums: sums.count,
    };
  });
}
