import { countRange } from '../batches/count-range.js';
import type { Context } from '../context/context.js';
import { openReader, shareMoment, snapshotOf } from '../context/reader.js';
import { reprinter } from '../context/reprinter.js';
import { secondsSince, throwIfStopped } from '../context/stoppable.js';
import type { Cleanup } from '../db/cleanup.js';
import { inFreshSnapshot } from '../db/fresh-snapshot.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { KeyRange } from '../keys/key-range.js';
import { readCaptures } from '../ledger/captures.js';
import { isUnchanged, readObjects } from '../ledger/objects.js';
import { restorations } from '../ledger/restorations.js';
import type { KeyScope } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';
import { createScratch } from '../mapping/scratch.js';
import { type Targets, viewName } from '../mapping/targets.js';
import { carriedChanges, uncarried } from '../old-names/changes.js';
import { nameOf, readOldNames } from '../old-names/picture.js';
import type { Accounting } from '../reports/accounting.js';
import type { Invariant, PhaseVerification, TableVerification } from '../reports/verify.js';
import type { SyncJob } from '../sync/job.js';
import { pendingKeys } from '../sync/pending.js';
import { syncJob } from '../sync/sync-job.js';
import { compareTable } from './compare-table.js';
import { checkInvariants } from './invariants.js';
import { onlyKeys, withoutKeys } from './key-lists.js';
import { secondRoute } from './second-route.js';
import type { VerifySelection } from './selection.js';
import type { Comparison } from './sides.js';
import { awaitNothingPending } from './standby-queue.js';
import { hashWholeSides, type SnapshotPair } from './whole-sides.js';

/** A verification, and the keys that were left out of it. */
export interface Compared {
  readonly verification: PhaseVerification;
  readonly pending: readonly string[];
}

/** Compares both sides of every table of a phase, and checks what must hold of our tables, in one snapshot. */
export async function verifyPhase(
  context: Context,
  phase: Phase,
  targets: Targets,
  phaseId: number,
  selection: VerifySelection,
): Promise<PhaseVerification> {
  return (await comparePhase(context, phase, targets, phaseId, selection)).verification;
}

/** The same; keys whose changes stand in the queue in the very snapshot that is compared are left out, and named. */
export async function comparePhase(
  context: Context,
  phase: Phase,
  targets: Targets,
  phaseId: number,
  selection: VerifySelection,
): Promise<Compared> {
  const start = performance.now();
  return inFreshSnapshot(context.signal, async (cleanup) => {
    const captured = (await readCaptures(context.session, phaseId)).length > 0;
    const sessions = await snapshotPair(context, cleanup, { phase, phaseId, captured });
    const pending =
      captured && !context.isStandby
        ? await pendingOf(sessions.legacy, syncJob(context, phase, phaseId, selection.batches))
        : [];
    const scope = scopeOf(pending, selection.only);
    const sources = await restorations(sessions.legacy, phase, targets, phaseId);
    const broken = await brokenViews(sessions.legacy, phaseId, reprinter(context, cleanup));
    const invariants = phase.bound.sources.map(({ rule }) => viewIsIntact(viewName(rule.table), broken));
    if (selection.only === undefined) invariants.push(...(await oldNames(sessions.legacy, phaseId)));
    const comparisons = phase.keyed.map(
      (keyed, index): Comparison => ({
        keyed,
        schema: phase.schema,
        restoration: sources[index] as Comparison['restoration'],
        viewIsIntact: !broken.has(viewName(keyed.source.rule.table)),
        scope,
      }),
    );
    const { batches, selected, limit } = selection;
    const begin = ({ keyed }: Comparison) => {
      throwIfStopped(context.signal, 'Verification writes nothing; it was not finished.');
      context.report({ type: 'step', phase: phase.name, step: 'verify', detail: keyed.source.rule.table });
    };
    const whole = selected === null ? await hashWholeSides(sessions, comparisons, begin) : null;
    const tables: TableVerification[] = [];
    for (const comparison of comparisons) {
      if (whole === null) begin(comparison);
      const sides = whole?.get(comparison) ?? null;
      tables.push(await compareTable(sessions, comparison, sides, batches, selected, limit));
    }
    if (selection.only === undefined)
      invariants.push(...(await checkInvariants(sessions, phase.invariants, targets.unified)));
    if (selection.strict)
      invariants.push(
        ...(await secondRoute(context, phase, targets, comparisons, {
          ...selection,
          scope,
          phaseId,
          snapshot: await snapshotOf(sessions.legacy),
        })),
      );
    const accounting =
      selection.selected === null
        ? await account(sessions.unified, phase, targets, phaseId, tables, scope)
        : [];
    const equal =
      tables.every((table) => table.equal) &&
      invariants.every((invariant) => invariant.ok) &&
      accounting.every((entry) => entry.balanced);
    const leftOut = selection.strict || tables.some(({ keysLeftOut }) => keysLeftOut) ? pending : [];
    const verification = {
      phase: phase.name,
      equal,
      tables,
      invariants,
      accounting,
      pendingKeys: leftOut.length,
      seconds: secondsSince(start),
    };
    return { verification, pending: leftOut };
  });
}

/** Which keys to compare: the named ones, or all, without those that are pending. */
function scopeOf(pending: readonly string[], only: readonly string[] | undefined): KeyScope | null {
  if (only === undefined) return pending.length === 0 ? null : withoutKeys(pending);
  const waiting = new Set(pending);
  return onlyKeys(only.filter((key) => !waiting.has(key)));
}

async function pendingOf(session: Session, job: SyncJob): Promise<readonly string[]> {
  const keys = await pendingKeys(session, job);
  if (keys !== null) return keys;
  throw new DrydockError({
    code: 'truncate-pending',
    what: `A legacy table of phase ${job.phase.name} was emptied by TRUNCATE, and this is not applied yet: all keys may differ.`,
    state: 'Nothing was compared; what was loaded and what is in the queue stay as they are.',
    next: `Apply it first: drydock sync --phase ${job.phase.name}`,
  });
}

/** @param of whether changes of the phase are captured: then the tables are made that pending keys are worked out in */
async function snapshotPair(
  context: Context,
  cleanup: Cleanup,
  of: { readonly phase: Phase; readonly phaseId: number; readonly captured: boolean },
): Promise<SnapshotPair> {
  const scratch =
    of.captured && !context.isStandby ? createScratch(of.phase.resolution?.scratch ?? []) : undefined;
  // Before the read-only transaction: it could not make them.
  const legacy = await openReader(context, cleanup, undefined, scratch);
  if (of.captured && context.isStandby)
    await awaitNothingPending(legacy, { phase: of.phase.name, phaseId: of.phaseId }, context.signal);
  const moment = await shareMoment(context, legacy);
  return { legacy, unified: await moment.further(cleanup) };
}

/** Views that are gone, or that are not what Drydock made of them; `reprint` as for {@link isUnchanged}. */
export async function brokenViews(
  session: Session,
  phaseId: number,
  reprint?: (query: string) => Promise<string | null>,
): Promise<Set<string>> {
  const broken = new Set<string>();
  for (const object of await readObjects(session, phaseId)) {
    if (object.kind !== 'view') continue;
    if (!(await isUnchanged(session, object, reprint))) broken.add(object.name);
  }
  return broken;
}

function viewIsIntact(view: string, broken: ReadonlySet<string>): Invariant {
  const ok = !broken.has(view);
  return {
    name: `view ${view} is as it was made`,
    ok,
    detail: ok ? '' : 'it was replaced or is gone; its table was compared with what it should give',
  };
}

/** Whether a rollback can still take the views under the old names back, once there are any. */
async function oldNames(session: Session, phaseId: number): Promise<Invariant[]> {
  return (await readOldNames(session, phaseId)).map((one): Invariant => {
    const broken = uncarried(one);
    const carried = carriedChanges(one).map(({ what }) => what);
    return {
      name: `old name ${nameOf(one)} is the view that the cutover made`,
      ok: broken.length === 0,
      detail:
        broken.length > 0
          ? `${broken.join('; ')}: rollback refuses until that is undone`
          : carried.length > 0
            ? `a rollback carries to the table: ${carried.join(', ')}`
            : '',
    };
  });
}

/** Law 2, counted in the tables themselves. */
async function account(
  session: Session,
  phase: Phase,
  targets: Targets,
  phaseId: number,
  tables: readonly Pick<TableVerification, 'table' | 'legacy' | 'keysLeftOut'>[],
  scope: KeyScope | null,
): Promise<Accounting[]> {
  const all = await countRange(session, phase.bound, targets, phaseId, KeyRange.ALL);
  const part = scope === null ? all : await countRange(session, phase.bound, targets, phaseId, scope);
  return phase.bound.sources.map(({ rule: { table } }) => {
    const verified = tables.find((one) => one.table === table);
    const source = verified?.legacy.rows ?? 0;
    const { sources } = verified?.keysLeftOut === true ? part : all;
    const { read = 0, primary = 0, folded = 0, rejected = 0 } = sources[table] ?? {};
    return { table, source, primary, folded, rejected, balanced: source === read };
  });
}
