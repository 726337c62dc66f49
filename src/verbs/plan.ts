import { findObstacles } from '../capture/obstacles.js';
import { watchedTables } from '../capture/watched.js';
import { requireSameConfiguration } from '../context/configuration.js';
import { bindPhases, type Context, openContext } from '../context/context.js';
import { stoppable } from '../context/stoppable.js';
import { withCleanup } from '../db/cleanup.js';
import { readTogether } from '../db/fresh-snapshot.js';
import { qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { derivedPhases } from '../derived/derived.js';
import type { Stop } from '../errors/stop.js';
import { DrydockError } from '../errors.js';
import { extraColumns } from '../legacy/detect.js';
import { AS_OWNER, readingWarning } from '../legacy/reading-advice.js';
import { untrustedWhenRead } from '../legacy/untrusted-code.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf, viewName } from '../mapping/targets.js';
import { estimate } from '../plan/estimate.js';
import { foldingPlan } from '../plan/folding.js';
import { type KeySurvey, surveyKeys } from '../plan/key-survey.js';
import { largeGroups, matchPlan } from '../plan/match-safety.js';
import {
  meetingsOf,
  repeatedNames,
  sourcePlans,
  suspiciousScales,
  unmappedWords,
} from '../plan/plan-queries.js';
import { residuePlan } from '../plan/residue.js';
import { serverNotes } from '../plan/server-notes.js';
import { stopsBeforeKeys } from '../plan/stops.js';
import { bindReferrers } from '../referrers/bound.js';
import { surveyReferrer } from '../referrers/survey.js';
import { requireOptions } from '../reports/options.js';
import type { PhasePlan, PlanOptions, PlanReport, ReferrerPlan, TablePlan } from '../reports/plan.js';
import { DEFAULTS } from '../reports/target.js';

/** Tells what a run would do, and what would stop it. Works in a read-only transaction: the server sees to it that nothing is written. */
export async function plan(options: PlanOptions): Promise<PlanReport> {
  requireOptions('plan', options);
  return stoppable(options, 'Nothing was written.', () =>
    withCleanup(async (cleanup) => {
      const context = await openContext(options, cleanup);
      const phases = phasesToPlan(context);
      const stops = await stopsBeforeKeys(context, phases);
      const batchSize = options.batchSize ?? DEFAULTS.batchSize;
      return readTogether(context.session, options.signal, () => survey(context, phases, stops, batchSize));
    }),
  );
}

/** None where a column is missing that a declaration names: what stops the plan says which. */
function phasesToPlan(context: Context): readonly Phase[] {
  try {
    return bindPhases(context);
  } catch (error) {
    if (error instanceof DrydockError && error.code === 'missing-columns') return [];
    throw error;
  }
}

async function survey(
  context: Context,
  phases: readonly Phase[],
  stops: PlanReport['stops'],
  batchSize: number,
): Promise<PlanReport> {
  const unreadable = context.legacy.stops.length > 0;
  const tables = await tablePlans(context, unreadable);
  const plans: PhasePlan[] = [];
  const further: string[] = [];
  const large: Stop[] = [];
  if (!unreadable) {
    for (const phase of phases) {
      const entry = context.entries.get(phase.name);
      if (entry !== undefined) requireSameConfiguration(phase, entry);
      context.report({ type: 'step', phase: phase.name, step: 'plan' });
      const unmapped = await unmappedWords(context.session, phase);
      further.push(...unmapped.further);
      const size = entry?.batchSize ?? batchSize;
      const rows = rowsOf(phase, tables);
      const keys = await surveyKeys(context.session, phase, { rows, batchSize: size });
      // A phase that was begun has it behind it.
      if (entry === undefined) large.push(...largeGroups(phase, keys));
      plans.push({
        ...(await planPhase(context, phase, { keys, rows, size })),
        // What stops a run may stop a merge as well.
        residue: stops.length > 0 ? null : await residuePlan(context.session, phase, rows),
        unmapped: unmapped.words,
      });
    }
    for (const derived of derivedPhases(context.project, context.phaseNames)) {
      context.report({ type: 'step', phase: derived.name, step: 'plan' });
      const planned = await derived.plan(context);
      plans.push(planned.plan);
      further.push(...planned.warnings);
    }
  }
  const warnings = unreadable ? [] : [...(await warningsOf(context, tables, plans)), ...further];
  return {
    database: context.database,
    server: context.server,
    schema: context.schema,
    appSchema: context.legacy.appSchema,
    tables,
    phases: plans,
    warnings,
    stops: [...stops, ...large],
  };
}

/** Of all sources of a phase, as they were counted. */
function rowsOf({ bound }: Phase, tables: readonly TablePlan[]): number {
  return bound.sources.reduce(
    (sum, { rule }) => sum + (tables.find(({ table }) => table === rule.table)?.rows ?? 0),
    0,
  );
}

async function tablePlans(context: Context, unreadable: boolean): Promise<TablePlan[]> {
  const plans: TablePlan[] = [];
  for (const { name, role, otherwiseIn } of context.project.tables) {
    const table = context.legacy.tables.get(name);
    const schema = otherwiseIn === undefined ? context.schema : context.legacy.appSchema;
    if (table === undefined) {
      plans.push({ table: name, schema, shape: 'missing', rows: 0, bytes: 0, extraColumns: [] });
      continue;
    }
    const rows = unreadable ? table.estimatedRows : await countRows(context, table.schema, name);
    // A crosswalk is read, not carried: what else it holds is no concern of ours.
    const extra = role === 'crosswalk' ? [] : extraColumns(table);
    plans.push({
      table: name,
      schema: table.schema,
      shape: table.shape.name,
      rows,
      bytes: table.bytes,
      extraColumns: extra,
    });
  }
  return plans;
}

async function countRows(context: Context, schema: string, name: string): Promise<number> {
  return Number((await context.session.one(`select count(*) as n from ${qualified(schema, name)}`)).n);
}

async function planPhase(
  context: Context,
  phase: Phase,
  { keys, rows, size }: { readonly keys: KeySurvey; readonly rows: number; readonly size: number },
): Promise<Omit<PhasePlan, 'unmapped' | 'residue'>> {
  const { session } = context;
  const targets = targetsOf(phase);
  const entry = context.entries.get(phase.name);
  return {
    phase: phase.name,
    state: entry?.state ?? 'new',
    sources: sourcePlans(phase, keys),
    meetings: meetingsOf(phase, keys),
    matches: matchPlan(phase, keys, await foldingPlan(session, phase)),
    suspiciousScales: await suspiciousScales(session, phase),
    referrers: await referrerPlans(session, phase),
    creates:
      entry !== undefined
        ? []
        : [
            ...[targets.unified, targets.folded].map((target) => `table ${target.schema}.${target.name}`),
            ...phase.bound.sources.map((source) => `view ${phase.schema}.${viewName(source.rule.table)}`),
          ],
    capture: await capturePlan(session, phase),
    batches: { count: keys.batches, size },
    estimate: estimate(phase, rows),
  };
}

/** Those that cannot be followed are among the stops. */
async function referrerPlans(session: Session, phase: Phase): Promise<PhasePlan['referrers']> {
  const plans: ReferrerPlan[] = [];
  for (const one of await bindReferrers(session, phase))
    if ('table' in one) plans.push(await surveyReferrer(session, one));
  return plans;
}

/** What puts triggers on the legacy tables, and whether this user may. */
async function capturePlan(session: Session, phase: Phase): Promise<PhasePlan['capture']> {
  const { missing } = await findObstacles(session, phase);
  return {
    tables: watchedTables(phase).map(({ table }) => `${table.schema}.${table.name}`),
    missing,
  };
}

/** What a person should know and what the plan's own lists do not say. */
async function warningsOf(
  context: Context,
  tables: readonly TablePlan[],
  plans: readonly PhasePlan[],
): Promise<string[]> {
  const warnings = tables
    .filter((table) => table.shape === 'missing')
    .map((table) => `Table ${table.table} is not there; its part stays empty.`);
  for (const { sources, matches } of plans) {
    for (const { table, rows, orphans } of sources) {
      if (orphans === 0) continue;
      warnings.push(
        matches === null
          ? `${orphans} of ${rows} rows of ${table} belong to nothing that is there; they are kept under keys of their own.`
          : `${orphans} of ${rows} rows of ${table} point to a row that is not there; the next step of their ladder counts.`,
      );
    }
  }
  const hasPartitioned = [...context.legacy.tables.values()].some(({ kind }) => kind === 'p');
  warnings.push(...serverNotes({ number: context.serverNumber, version: context.server, hasPartitioned }));
  if (context.isStandby) warnings.push('The server is a standby: a run has to be given to the primary.');
  const code = await untrustedWhenRead(context.session, [...context.legacy.tables.values()]);
  warnings.push(...code.map((one) => `${readingWarning(one)} ${AS_OWNER}`));
  warnings.push(...(await repeatedNames(context.session, context.project.tables, context.legacy)));
  return warnings;
}
