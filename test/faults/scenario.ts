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

/** The arguments of the command; the same for the second time. */
export function argumentsOf(scenario: Scenario, lanes: number, json: boolean): string[] {
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
 * Fills a database with a scenario's legacy tables.
 *
 * @param unify runs the command to its end, for what was unified before
 */
export async function fillScenario(
  scenario: Scenario,
  connect: Parameters<typeof generateLegacyData>[0],
  unify: () => Promise<void>,
): Promise<void> {
  const { mixture, submissions, extras } = scenario;
  const client = await connect();
  try {
    await createLegacySchema(client, mixture, { extras });
    await generateLegacyData(connect, { mixture, submissions, extras, oddShare: 0.1 });
    if (!scenario.replace) return;
    await unify();
    const changes = CHANGES.replace('public.app_opportunities', `${mixture.appSchema}.app_opportunities`);
    await client.query(changes);
  } finally {
    await client.end();
  }
}
