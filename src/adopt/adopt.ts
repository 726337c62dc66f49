import { ATTEMPTS, LOCK_PATIENCE } from '../capture/patience.js';
import { type Context, lookAgain, openContext } from '../context/context.js';
import { operator } from '../context/operator.js';
import { requirePrimary, WRITES } from '../context/standby.js';
import { secondsSince, stoppable } from '../context/stoppable.js';
import { lockOperator } from '../control/lock.js';
import { arrayText } from '../db/array-text.js';
import { cancelWhenStopped } from '../db/cancel.js';
import { type Cleanup, withCleanup } from '../db/cleanup.js';
import { type Connector, connector } from '../db/connect.js';
import { withRetry } from '../db/retry.js';
import type { Session } from '../db/session.js';
import { chosenProject } from '../default-phases.js';
import { DrydockError } from '../errors.js';
import { enterHomeVerified, isSameDatabase, presentHome, rememberedHome } from '../ledger/home.js';
import { ledgerExists, lockLedger } from '../ledger/schema.js';
import { type Project, phasesOf } from '../project/project.js';
import type { AdoptFinding, AdoptOptions, AdoptReport } from '../reports/adopt.js';
import { requireOptions } from '../reports/options.js';
import { finding, type Place } from './finding.js';
import { type SurveyedPhase, surveySchema } from './survey.js';
import { type Verified, verifyAdopted } from './verify.js';
import { foundOf, isStale, write } from './write.js';

const NONE = 'Nothing was adopted: all of it is one transaction. The original is not concerned.';
const REST = 'Both sides were not compared to the end: drydock adopt, given again, does that.';

/**
 * Takes a copy of a database over, as dump and restore make it: everything that the ledger remembers by object ids of the
 * original is found by name, kind, definition and owner, capture and reverse capture are made again, and both sides are
 * compared. What is missing is reported; nothing is dropped. In a copy of the files, and in the original, there is
 * nothing to adopt.
 *
 * @throws DrydockError
 */
export async function adopt(options: AdoptOptions): Promise<AdoptReport> {
  requireOptions('adopt', options);
  const start = performance.now();
  return stoppable(options, { none: NONE, rest: REST }, (report) =>
    withCleanup(async (cleanup) => {
      const connect = connector(options.databaseUrl, options.signal);
      const session = await connect.open(cleanup);
      await cancelWhenStopped(connect, [session], options.signal, cleanup);
      await requirePrimary(session, WRITES.adopt, NONE);
      if (!(await ledgerExists(session))) throw nothingHere();
      const appSchemas = await readSchemas(session, await chosenProject(options));
      const contexts = await openSchemas(options, connect, appSchemas, cleanup);
      const [home, here] = [await rememberedHome(session), await presentHome(session)];
      const isCopy = home === null || !isSameDatabase(home, here);
      const once = () => adoptOnce(session, contexts, options, { from: isCopy ? home : null, here, isCopy });
      const done = await withRetry(once, { signal: options.signal, attempts: ATTEMPTS });
      if (done.outcome === 'adopted') report('The copy is adopted.');
      const places = done.survey.map(({ place }) => place);
      const isNew =
        done.outcome === 'adopted' || (done.outcome === 'nothing-to-adopt' && home?.toVerify === true);
      const verified: Verified =
        isNew && options.dryRun !== true
          ? await verifyAdopted(places, appSchemas, options, cleanup)
          : { verifications: new Map(), findings: [] };
      if (isNew && options.dryRun !== true) await enterHomeVerified(session);
      return {
        database: here.database,
        dryRun: options.dryRun === true,
        outcome: done.outcome,
        copyOf: isCopy ? (home?.database ?? null) : null,
        phases: done.survey.map((one) => ({
          schema: one.place.schema,
          phase: one.place.entry.phase,
          asRemembered: one.objects.asRemembered + one.moved.asRemembered,
          found: foundOf(one),
          captured: done.captured.get(one.place) ?? staleTables(one),
          verification: verified.verifications.get(one.place) ?? null,
        })),
        findings: [
          ...done.survey.flatMap(({ findings }) => findings),
          ...contexts.flatMap(undeclared),
          ...verified.findings,
        ],
        seconds: secondsSince(start),
      };
    }),
  );
}

interface Adopted {
  readonly survey: readonly SurveyedPhase[];
  readonly outcome: AdoptReport['outcome'];
  readonly captured: ReadonlyMap<Place, readonly string[]>;
}

/** Looks, and where nothing stops it, writes: in one transaction, which sees what it has locked. */
async function adoptOnce(
  session: Session,
  contexts: readonly Context[],
  options: AdoptOptions,
  about: Omit<Parameters<typeof write>[2], 'operator'> & { readonly isCopy: boolean },
): Promise<Adopted> {
  await session.begin();
  try {
    await session.execute(`set local lock_timeout = '${LOCK_PATIENCE}'`);
    if (options.dryRun !== true) await lockLedger(session);
    const { me } = await session.one('select current_user as me');
    const accepted = [String(me), ...(options.acceptOwners ?? [])];
    const survey: SurveyedPhase[] = [];
    for (const context of contexts)
      survey.push(...(await surveySchema(session, await lookAgain({ ...context, session }), accepted)));
    const outcome = outcomeOf(survey, about.isCopy, options);
    const captured =
      outcome === 'adopted' ? await write(session, survey, { ...about, operator: operator() }) : new Map();
    if (outcome === 'adopted') await session.commit();
    else await session.rollback();
    return { survey, outcome, captured };
  } catch (error) {
    await session.rollback().catch(() => undefined);
    throw error;
  }
}

function outcomeOf(
  survey: readonly SurveyedPhase[],
  isCopy: boolean,
  { dryRun }: AdoptOptions,
): AdoptReport['outcome'] {
  if (survey.flatMap(({ findings }) => findings).some(({ verdict }) => verdict === 'stops')) return 'refused';
  if (!isCopy && !survey.some(isStale)) return 'nothing-to-adopt';
  return dryRun === true ? 'would-adopt' : 'adopted';
}

/** Phases of the ledger that are no part of this project: nothing is known of their tables. */
function undeclared({ schema, project, entries }: Context): AdoptFinding[] {
  const names = phasesOf(project);
  return [...entries.values()]
    .filter(({ phase }) => !names.includes(phase))
    .map((entry) =>
      finding({ schema, entry, derived: null }, 'warned', {
        code: 'unknown-phase',
        object: entry.phase,
        why: `The ledger knows this phase, and ${project.name} does not declare it: it was left as it is.`,
        next: 'Give the configuration that declares it: drydock adopt --config FILE.',
      }),
    );
}

function staleTables({ captures }: SurveyedPhase): readonly string[] {
  return captures.stale.map(({ watched: { table } }) => `${table.schema}.${table.name}`);
}

/** The schemas that the ledger serves, each with that of the tables that are in one of their own, as its phases were begun. */
async function readSchemas(
  session: Session,
  { tables }: Project,
): Promise<ReadonlyMap<string, string | undefined>> {
  const apart = tables.filter(({ otherwiseIn }) => otherwiseIn !== undefined).map(({ name }) => name);
  const rows = await session.query(
    `select p.schema_name as schema, max(t.value ->> 'schema') as app
     from drydock.phases p left join lateral jsonb_each(p.config -> 'tables') t on t.key = any ($1::text[])
     group by p.schema_name order by p.schema_name`,
    [arrayText(apart)],
  );
  return new Map(rows.map(({ schema, app }) => [String(schema), app ?? undefined]));
}

/** The ledger is adopted as a whole, so nobody may be at work on any of its schemas. */
async function openSchemas(
  options: AdoptOptions,
  connect: Connector,
  schemas: ReadonlyMap<string, string | undefined>,
  cleanup: Cleanup,
): Promise<Context[]> {
  const { databaseUrl, project, signal, onProgress, dryRun } = options;
  const contexts: Context[] = [];
  for (const [schema, appSchema] of schemas) {
    const about = { databaseUrl, project, signal, onProgress, schema, appSchema };
    const context = await openContext(about, cleanup, 'welcome').catch((error: unknown) => {
      throw error instanceof DrydockError && error.code === 'no-schema'
        ? schemaMissing(schema, error)
        : error;
    });
    if (dryRun !== true) await lockOperator({ ...context, connector: connect }, 'adopt', cleanup);
    contexts.push(context);
  }
  return contexts;
}

function nothingHere(): DrydockError {
  return new DrydockError({
    code: 'not-loaded',
    what: 'There is no ledger of Drydock in this database: there is nothing to adopt.',
    state: 'Nothing was done.',
    next: 'Restore the schema "drydock" too, or begin anew: drydock run.',
  });
}

function schemaMissing(schema: string, cause: DrydockError): DrydockError {
  return new DrydockError({
    code: 'no-schema',
    what: `The ledger serves schema "${schema}": ${cause.message}`,
    state: NONE,
    next: 'Restore that schema too, and give the command again.',
    cause,
  });
}
