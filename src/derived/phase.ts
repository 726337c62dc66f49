import { leftAsDone, workOf } from '../batches/load-phase.js';
import { select } from '../batches/selection.js';
import type { Context } from '../context/context.js';
import { secondsSince } from '../context/stoppable.js';
import { bookedRun } from '../control/booked-run.js';
import { Pace } from '../control/pace.js';
import { qualified } from '../db/identifier.js';
import { totalBytes } from '../db/relation-size.js';
import { DrydockError } from '../errors.js';
import { type Batch, readBatches } from '../ledger/batches.js';
import { type PhaseEntry, setState } from '../ledger/phases.js';
import type { Derived, DerivedDefinition } from '../project/derived.js';
import type { Made, PhaseRun, RunOptions } from '../reports/run.js';
import { backfill, foldChanges } from './backfill.js';
import { buildIndexes, refreshViews } from './build.js';
import { requireSameEnhancements } from './configuration.js';
import type { Control, DerivedPhase } from './derived-phase.js';
import { foreignEnhancements, planEnhancements } from './plan.js';
import { prepare } from './prepare.js';
import { recordedVerification, verifyEnhancements } from './verify.js';

/** Counts, indexes and materialized views on what was unified, as a phase. */
export function derivedPhase(definition: DerivedDefinition): DerivedPhase {
  const { name } = definition;
  const bind = ({ session, legacy }: Context) => definition.bind(session, legacy);
  return {
    name,
    after: definition.after,
    bind,
    async stops(context) {
      return foreignEnhancements(context, name, await bind(context));
    },
    async plan(context) {
      const enhancements = await bind(context);
      const entry = context.entries.get(name);
      if (entry !== undefined) requireSameEnhancements(enhancements, entry);
      const warnings = enhancements.leftOut.map((one) => `${one.name} is left out: ${one.reason}.`);
      return { plan: planEnhancements(context, name, enhancements), warnings };
    },
    async requireSame(context, entry) {
      requireSameEnhancements(await bind(context), entry);
    },
    async run(context, options, _settings, control) {
      const enhancements = await bind(context);
      context.report({ type: 'step', phase: name, step: 'tables' });
      const on = requireBatches(context, definition);
      const { phaseId, batches } = await prepare(context, name, enhancements, on);
      const making = { phase: name, phaseId, batches, batchSize: on.batchSize, enhancements };
      return bookedRun(context, phaseId, control.inbox, () => make(context, making, options, control));
    },
    async verify(context, entry, options) {
      const enhancements = await bind(context);
      requireSameEnhancements(enhancements, entry);
      return options.record === true
        ? recordedVerification(context, entry, enhancements)
        : verifyEnhancements(context, entry, enhancements);
    },
  };
}

/** The entry of the consolidation whose batches are counted. */
function requireBatches(context: Context, { name, batchesOf }: DerivedDefinition): PhaseEntry {
  const entry = context.entries.get(batchesOf);
  if (entry !== undefined) return entry;
  throw new DrydockError({
    code: 'phase-order',
    what: `Phase ${name} needs phase ${batchesOf}, which has not been run.`,
    state: `Nothing of phase ${name} was made.`,
    next: 'Run --phase all.',
  });
}

/** What is made, and the ledger's entry for it. */
interface Making {
  readonly phase: string;
  readonly phaseId: number;
  readonly batches: readonly Batch[];
  readonly batchSize: number;
  readonly enhancements: Derived;
}

async function make(
  context: Context,
  { phase, phaseId, batches, batchSize, enhancements }: Making,
  options: RunOptions,
  control: Control,
): Promise<PhaseRun> {
  const { session } = context;
  const { counts } = enhancements;
  const work = workOf(batches, await select(context, { keyed: [] }, batches, options));
  context.report({ type: 'step', phase, step: 'count' });
  const pace = new Pace({ ...control, context, phase });
  const loaded =
    counts === null
      ? { loaded: 0, rowsRead: 0, rowsWritten: 0, seconds: 0 }
      : await backfill(context, counts, work, pace);
  const size = context.entries.get(phase)?.batchSize ?? batchSize;
  const pending = (await readBatches(session, phaseId)).some(({ status }) => status === 'pending');
  if (counts !== null) await foldChanges(context, counts);

  const indexesFrom = performance.now();
  const objects = pending ? { built: new Set<string>(), refreshed: new Set<string>() } : await build();
  const indexSeconds = secondsSince(indexesFrom);
  const verification = pending
    ? null
    : await recordedVerification(context, { id: phaseId, phase }, enhancements);
  const made = pending
    ? []
    : await madeOf(context, enhancements, new Set([...objects.built, ...objects.refreshed]));
  return {
    phase,
    state: pending ? 'loading' : verification?.equal === true ? 'verified' : 'different',
    accounting: [],
    unifiedTable: counts?.view ?? '',
    ...(counts === null ? {} : { countsOf: counts.of }),
    unifiedRows: counts === null ? 0 : Number((await session.one(counts.counted)).n),
    foldedRows: 0,
    rejectedRows: 0,
    batches: {
      total: batches.length,
      loaded: loaded.loaded,
      alreadyDone: leftAsDone(batches, counts === null ? [] : work),
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
    const built = await buildIndexes(context, { id: phaseId, phase }, enhancements);
    if (counts !== null) await session.execute(`analyze ${counts.totals}`);
    const names = enhancements.views.map(({ name }) => name);
    const refreshed = await refreshViews(context, phase, names, false);
    await setState(session, phaseId, 'loaded');
    return { built, refreshed };
  }
}

async function madeOf(
  { session }: Context,
  { schema, indexes, views }: Derived,
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
async function bytesOf({ session }: Context, { schema, counts, views }: Derived): Promise<number> {
  const relations = [
    ...(counts?.tables.map((table) => qualified(schema, table)) ?? []),
    ...views.map(({ name }) => qualified(schema, name)),
  ];
  if (relations.length === 0) return 0;
  const sum = relations.map((_, index) => totalBytes(`$${index + 1}::text::regclass`)).join(' + ');
  return Number((await session.one(`select ${sum} as bytes`, relations)).bytes);
}
