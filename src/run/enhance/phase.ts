import { qualified } from '../../db/identifier.js';
import { totalBytes } from '../../db/relation-size.js';
import { DrydockError } from '../../errors.js';
import { type Batch, readBatches } from '../../ledger/batches.js';
import { type PhaseEntry, setState } from '../../ledger/phases.js';
import { bindEnhancements, type Enhancements } from '../../redditharbor/enhancements/bind.js';
import { METRICS_VIEW } from '../../redditharbor/enhancements/metrics.js';
import type { Made, PhaseRun, RunOptions } from '../../reports/run.js';
import { bookedRun } from '../booked-run.js';
import { type Context, secondsSince } from '../context.js';
import type { Control, DerivedPhase } from '../derived.js';
import { leftAsDone, workOf } from '../load-phase.js';
import { Pace } from '../pace/pace.js';
import { select } from '../selection.js';
import { backfill, foldChanges } from './backfill.js';
import { buildIndexes, refreshViews } from './build.js';
import { requireSameEnhancements } from './configuration.js';
import { foreignEnhancements, planEnhancements } from './plan.js';
import { prepare } from './prepare.js';
import { recordedVerification, verifyEnhancements } from './verify.js';

/** Metrics, indexes and materialized views on what was unified. */
export const enhancementsPhase: DerivedPhase = {
  name: 'enhancements',
  after: 'assessments',
  async stops(context) {
    return foreignEnhancements(context, await bindEnhancements(context.session, context.legacy));
  },
  async plan(context) {
    const enhancements = await bindEnhancements(context.session, context.legacy);
    const entry = context.entries.get('enhancements');
    if (entry !== undefined) requireSameEnhancements(enhancements, entry);
    const warnings = enhancements.leftOut.map(({ name, reason }) => `${name} is left out: ${reason}.`);
    return { plan: planEnhancements(context, enhancements), warnings };
  },
  async requireSame(context, entry) {
    requireSameEnhancements(await bindEnhancements(context.session, context.legacy), entry);
  },
  async run(context, options, _settings, control) {
    const enhancements = await bindEnhancements(context.session, context.legacy);
    context.report({ type: 'step', phase: 'enhancements', step: 'tables' });
    const { phaseId, batches } = await prepare(context, enhancements, opportunitiesOf(context));
    return bookedRun(context, phaseId, control.inbox, () =>
      make(context, phaseId, batches, enhancements, options, control),
    );
  },
  async verify(context, entry, options) {
    const enhancements = await bindEnhancements(context.session, context.legacy);
    requireSameEnhancements(enhancements, entry);
    return options.record === true
      ? recordedVerification(context, entry.id, enhancements)
      : verifyEnhancements(context, entry.id, enhancements);
  },
};

function opportunitiesOf(context: Context): PhaseEntry {
  const entry = context.entries.get('opportunities');
  if (entry !== undefined) return entry;
  throw new DrydockError({
    code: 'phase-order',
    what: 'Phase enhancements needs phase opportunities, which has not been run.',
    state: 'Nothing of phase enhancements was made.',
    next: 'Run --phase all.',
  });
}

async function make(
  context: Context,
  phaseId: number,
  batches: readonly Batch[],
  enhancements: Enhancements,
  options: RunOptions,
  control: Control,
): Promise<PhaseRun> {
  const { session } = context;
  const phase = 'enhancements';
  const { metrics } = enhancements;
  const work = workOf(batches, await select(context, { keyed: [] }, batches, options));
  context.report({ type: 'step', phase, step: 'count' });
  const pace = new Pace({ ...control, context, phase });
  const loaded =
    metrics === null
      ? { loaded: 0, rowsRead: 0, rowsWritten: 0, seconds: 0 }
      : await backfill(context, metrics, work, pace);
  const size = context.entries.get(phase)?.batchSize ?? opportunitiesOf(context).batchSize;
  const pending = (await readBatches(session, phaseId)).some(({ status }) => status === 'pending');
  if (metrics !== null) await foldChanges(context, metrics);

  const indexesFrom = performance.now();
  const objects = pending ? { built: new Set<string>(), refreshed: new Set<string>() } : await build();
  const indexSeconds = secondsSince(indexesFrom);
  const verification = pending ? null : await recordedVerification(context, phaseId, enhancements);
  const made = pending
    ? []
    : await madeOf(context, enhancements, new Set([...objects.built, ...objects.refreshed]));
  return {
    phase,
    state: pending ? 'loading' : verification?.equal === true ? 'verified' : 'different',
    accounting: [],
    unifiedTable: METRICS_VIEW,
    unifiedRows:
      metrics === null ? 0 : Number((await session.one(`select count(*) as n from ${metrics.view}`)).n),
    foldedRows: 0,
    rejectedRows: 0,
    batches: {
      total: batches.length,
      loaded: loaded.loaded,
      alreadyDone: leftAsDone(batches, metrics === null ? [] : work),
      size,
    },
    caughtUp: null,
    rowsRead: loaded.rowsRead,
    rowsWritten: loaded.rowsWritten,
    seconds: {
      load: loaded.seconds,
      held: pace.heldSeconds,
      indexes: indexSeconds,
      verify: verification?.seconds ?? 0,
    },
    rowsPerSecond: loaded.rowsRead === 0 ? 0 : Math.round(loaded.rowsRead / (loaded.seconds + indexSeconds)),
    storage: { legacyBytes: 0, unifiedBytes: await bytesOf(context, enhancements) },
    verification,
    made,
  };

  async function build(): Promise<{ built: ReadonlySet<string>; refreshed: ReadonlySet<string> }> {
    const built = await buildIndexes(context, phaseId, enhancements);
    if (metrics !== null) await session.execute(`analyze ${metrics.totals}`);
    const names = enhancements.views.map(({ name }) => name);
    const refreshed = await refreshViews(context, names, false);
    await setState(session, phaseId, 'loaded');
    return { built, refreshed };
  }
}

async function madeOf(
  { session }: Context,
  { schema, indexes, views }: Enhancements,
  byThisRun: ReadonlySet<string>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (const { name } of [...indexes, ...views]) {
    const isView = views.some((view) => view.name === name);
    const target = qualified(schema, name);
    const { bytes } = await session.one(`select ${totalBytes('$1::text::regclass')} as bytes`, [target]);
    const rows = isView ? Number((await session.one(`select count(*) as n from ${target}`)).n) : null;
    const kind = isView ? 'materialized view' : 'index';
    made.push({ kind, name, byThisRun: byThisRun.has(name), rows, bytes: Number(bytes) });
  }
  return made;
}

/** Bytes of the tables and views; the indexes are on the tables of other phases. */
async function bytesOf({ session }: Context, { schema, metrics, views }: Enhancements): Promise<number> {
  const relations = [
    ...(metrics === null ? [] : [metrics.totals, metrics.changes]),
    ...views.map(({ name }) => qualified(schema, name)),
  ];
  if (relations.length === 0) return 0;
  const sum = relations.map((_, index) => totalBytes(`$${index + 1}::text::regclass`)).join(' + ');
  return Number((await session.one(`select ${sum} as bytes`, relations)).bytes);
}
