import type { Context } from '../context/context.js';
import { foreignObjects } from '../context/foreign-objects.js';
import { withCleanup } from '../db/cleanup.js';
import { qualified } from '../db/identifier.js';
import { derivedPhases } from '../derived/derived.js';
import type { Stop } from '../errors/stop.js';
import { DrydockError } from '../errors.js';
import { refusedValues } from '../extract/computed-values.js';
import type { LegacyTable } from '../legacy/detect.js';
import type { PhaseMapping } from '../mapping/mapping.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf, viewName } from '../mapping/targets.js';
import { bindReferrers, nameOfReferrer } from '../referrers/bound.js';
import type { PhaseName } from '../reports/phase-name.js';
import { surveyKeys } from './key-survey.js';
import { largeGroups } from './match-safety.js';
import { missingTables } from './missing-tables.js';
import { unusableTypes } from './type-rights.js';

/** Everything that keeps a run from starting, found without writing anything. */
export async function findStops(context: Context, phases: readonly Phase[]): Promise<Stop[]> {
  const stops = await stopsBeforeKeys(context, phases);
  if (context.legacy.stops.length > 0) return stops;
  for (const phase of phases) {
    if (context.entries.has(phase.name) || phase.matching === undefined) continue;
    const rows = phase.bound.sources.reduce((sum, { table }) => sum + table.estimatedRows, 0);
    stops.push(
      ...largeGroups(phase, await surveyKeys(context.session, phase, { rows, batchSize: rows + 1 })),
    );
  }
  return stops;
}

/** The same without a look at the keys of rows, which a plan has anyway. */
export async function stopsBeforeKeys(context: Context, phases: readonly Phase[]): Promise<Stop[]> {
  const stops = await catalogStops(context, phases);
  if (context.legacy.stops.length > 0) return stops;
  for (const phase of phases) {
    // A look at every row, which a phase that was begun has behind it.
    if (context.entries.has(phase.name)) continue;
    stops.push(...(await refusedValues(context.session, phase)));
  }
  return stops;
}

/** What of it can be found in the catalog, without a look at rows. */
export async function catalogStops(context: Context, phases: readonly Phase[]): Promise<Stop[]> {
  const stops: Stop[] = [...context.legacy.stops];
  const refused = new Set(stops.map((stop) => stop.code));
  if (!refused.has('missing-privilege')) {
    stops.push(
      ...(await missingRights(context, phases)),
      ...(await unusableTypes(context.session, context.project.tables, context.legacy)),
    );
  }
  stops.push(...(await missingTables(context, phases)), ...(await severalSessions(context)));
  for (const phase of phases) {
    stops.push(...tooWide(phase));
    stops.push(...(await foreignTables(context, { ...phase, mapping: phase.bound.mapping })));
    stops.push(...phaseOrder(context, phase));
    stops.push(...(phase.stops ?? []));
    stops.push(...(await referrerStops(context, phase)));
  }
  for (const derived of derivedPhases(context.project, context.phaseNames)) {
    if (context.legacy.stops.length === 0) stops.push(...(await derived.stops(context)));
    stops.push(...phaseOrder(context, derived));
  }
  return stops;
}

/** A phase builds on the rows of the one before it, so all of them have to be there. */
function phaseOrder(
  context: Context,
  { name, after }: { readonly name: PhaseName; readonly after: PhaseName | null },
): Stop[] {
  if (after === null || context.phaseNames.includes(after)) return [];
  const state = context.entries.get(after)?.state;
  if (state !== undefined && state !== 'loading') return [];
  return [
    {
      code: 'phase-order',
      message: `Phase ${name} needs phase ${after}, which ${state === undefined ? 'has not been run' : 'is not complete'}.`,
      next: `Run --phase ${after} first, or --phase all.`,
    },
  ];
}

async function missingRights(context: Context, phases: readonly Phase[]): Promise<Stop[]> {
  const { session, schema, entries } = context;
  const rights = await session.one(
    `select has_schema_privilege($1::text, 'create')::text as can_create,
       has_database_privilege(current_database(), 'create')::text as can_create_schema, current_user as me`,
    [schema],
  );
  const found: Stop[] = [];
  const stop = (message: string, next: string) => found.push({ code: 'missing-privilege', message, next });
  if (rights.can_create !== 'true') {
    stop(
      `User "${rights.me}" may not create tables in schema "${schema}".`,
      `grant create on schema "${schema}" to "${rights.me}"`,
    );
  }
  if (rights.can_create_schema !== 'true' && entries.size === 0) {
    stop(
      `User "${rights.me}" may not create the ledger's schema in database "${context.database}".`,
      `grant create on database "${context.database}" to "${rights.me}"`,
    );
  }
  for (const table of referenced(context, phases)) {
    if (table.canReference) continue;
    stop(
      `User "${rights.me}" may not reference table ${table.schema}.${table.name}.`,
      `grant references on ${table.schema}.${table.name} to "${rights.me}"`,
    );
  }
  return found;
}

/** The legacy tables that foreign keys of ours name. */
function referenced({ legacy }: Context, phases: readonly Phase[]): LegacyTable[] {
  const named = new Set(
    phases.flatMap(({ foreignKeys }) =>
      foreignKeys.map(({ references }) => qualified(references.schema, references.table)),
    ),
  );
  return [...legacy.tables.values()].filter(({ schema, name }) => named.has(qualified(schema, name)));
}

/** A run has several sessions at once, and shares a snapshot between them. */
async function severalSessions({ connector }: Context): Promise<Stop[]> {
  try {
    await withCleanup(async (cleanup) => void (await connector.open(cleanup)));
    return [];
  } catch (error) {
    if (!(error instanceof DrydockError) || !SESSION_STOPS.includes(error.code)) throw error;
    return [{ code: error.code, message: error.message, next: error.next }];
  }
}

const SESSION_STOPS: readonly string[] = ['single-session', 'transaction-pooler', 'unknown-pooler'];

/** Columns that a table may have. */
const MOST_COLUMNS = 1_600;

/** Our tables have a place for every column of several legacy tables. */
function tooWide(phase: Phase): Stop[] {
  const { unified, folded } = targetsOf(phase);
  const sources = phase.bound.sources.map(({ rule, columns }) => `${rule.table} has ${columns.length}`);
  return [unified, folded]
    .filter(({ table }) => table.definitions.length > MOST_COLUMNS)
    .map(({ schema, name, table }) => ({
      code: 'too-many-columns',
      message: `Table ${schema}.${name} would have ${table.definitions.length} columns, and Postgres allows ${MOST_COLUMNS}: ${sources.join(', ')}.`,
      next: 'Drop columns of the legacy tables that nobody uses, or move them into a table of their own.',
    }));
}

/** Referrers that cannot be followed as they are declared. */
async function referrerStops({ session }: Context, phase: Phase): Promise<Stop[]> {
  return (await bindReferrers(session, phase)).flatMap((one) =>
    'obstacle' in one
      ? [
          {
            code: 'bad-referrer' as const,
            message: `Referrer ${nameOfReferrer(one.rule)}: ${one.obstacle}`,
            next: 'Correct the declaration, or leave the referrer out.',
          },
        ]
      : [],
  );
}

/** Names that are taken by what Drydock did not make. */
export async function foreignTables(
  context: Context,
  {
    name: phase,
    schema,
    mapping,
  }: { readonly name: string; readonly schema: string; readonly mapping: PhaseMapping },
): Promise<Stop[]> {
  const names = [mapping.unified, mapping.folded, ...mapping.sources.map((source) => viewName(source.table))];
  return foreignObjects(context, { phase, schema, names });
}
