import { generateLegacyData } from '../../fixtures/generate.js';
import { type LegacyMixture, SHAPE_A, SHAPE_B, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import { representativeMixtures } from '../../fixtures/mixtures.js';
import { createLegacySchema } from '../../fixtures/schema/create.js';

/** A database to work on, and the command that works on it. */
export interface Scenario {
  readonly name: string;
  readonly mixture: LegacyMixture;
  readonly submissions: number;
  readonly batchSize: number;
  readonly extras: boolean;
  /** Everything was unified before, and then the legacy rows changed: the command replaces all batches. */
  readonly replace: boolean;
  /** The command is not a run, but a change of names; null for a run. */
  readonly turn: Turn | null;
}

/** A change of names: what was done before, and the command, which may be given again. */
export interface Turn {
  readonly before: readonly (readonly string[])[];
  readonly command: readonly string[];
}

/** Changes as an application makes them, and rows that go; of every fourth row or so, always the same ones. */
const CHANGES = `
update public.opportunities set problem_statement = problem_statement || ' (again)' where hashtext(id::text) % 4 = 0;
update public.workflow_results set status = 'failed' where hashtext(id::text) % 4 = 1;
delete from public.app_opportunities where hashtext(submission_id) % 5 = 0;
delete from public.opportunities where hashtext(id::text) % 9 = 1;
`;

const fresh = (name: string, mixture: LegacyMixture, submissions: number, batchSize: number): Scenario => ({
  name,
  mixture,
  submissions,
  batchSize,
  extras: name === 'mixed',
  replace: false,
  turn: null,
});

/** What faults are done to; a fault's seed picks one. */
export const SCENARIOS: readonly Scenario[] = [
  fresh('A', SHAPE_A, 120, 80),
  fresh('B', SHAPE_B, 120, 60),
  fresh('dlt', SHAPE_B_DLT, 200, 120),
  fresh('mixed', representativeMixtures()[5] ?? SHAPE_B, 200, 70),
  { ...fresh('replace', SHAPE_B, 100, 90), replace: true },
  { ...fresh('replace dlt', SHAPE_B_DLT, 80, 70), replace: true },
];

/** The shortest run in which everything happens: for stopping it at every statement. */
export const SHORT: Scenario = fresh('short', SHAPE_B, 30, 60);

const RUN = ['run', '--batch-size', '60'];
const CUTOVER = ['cutover', '--phase', 'all', '--no-backup'];

const turning = (name: string, turn: Turn): Scenario => ({ ...fresh(name, SHAPE_B, 30, 60), turn });

/** The commands that change names, on the shortest database in which everything happens. */
export const TURNS = {
  cutover: turning('cutover', { before: [RUN], command: CUTOVER }),
  rollback: turning('rollback', {
    before: [RUN, CUTOVER],
    command: ['rollback', '--phase', 'all', '--yes'],
  }),
  complete: turning('complete', {
    before: [RUN, CUTOVER],
    command: ['complete', '--phase', 'all', '--yes'],
  }),
} as const satisfies Readonly<Record<string, Scenario>>;

/** The arguments of the command; the same for the second time. */
export function argumentsOf(scenario: Scenario, lanes: number, json: boolean): string[] {
  if (scenario.turn !== null) return [...scenario.turn.command, ...(json ? ['--json'] : [])];
  return [
    'run',
    ...(scenario.replace
      ? ['--from', '00000000-0000-0000-0000-000000000000']
      : ['--batch-size', String(scenario.batchSize)]),
    '--concurrency',
    String(lanes),
    ...(json ? ['--json'] : []),
  ];
}

/**
 * Fills a database with a scenario's legacy tables, and does what comes before its command.
 *
 * @param command runs a command to its end
 */
export async function fillScenario(
  scenario: Scenario,
  connect: Parameters<typeof generateLegacyData>[0],
  command: (args: readonly string[]) => Promise<void>,
): Promise<void> {
  const { mixture, submissions, extras, turn } = scenario;
  const client = await connect();
  try {
    await createLegacySchema(client, mixture, { extras });
    await generateLegacyData(connect, { mixture, submissions, extras, oddShare: 0.1 });
    for (const args of turn?.before ?? []) await command(args);
    if (!scenario.replace) return;
    await command(['run', '--batch-size', String(scenario.batchSize)]);
    const changes = CHANGES.replace('public.app_opportunities', `${mixture.appSchema}.app_opportunities`);
    await client.query(changes);
  } finally {
    await client.end();
  }
}
