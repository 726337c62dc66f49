import { type Cleanup, withCleanup } from '../db/cleanup.js';
import type { Session } from '../db/session.js';
import { KeyRange } from '../keys/key-range.js';
import type { Batch } from '../ledger/batches.js';
import { isIntact, readObjects } from '../ledger/objects.js';
import { countRange } from '../load/count-range.js';
import { type Targets, viewName } from '../mapping/targets.js';
import type { Phase } from '../phases/phase.js';
import type { Accounting } from '../reports/run.js';
import type { Invariant, PhaseVerification, TableVerification } from '../reports/verify.js';
import { compareTable, type SnapshotPair } from '../verify/compare-table.js';
import type { Comparison } from '../verify/sides.js';
import { type Context, secondsSince, throwIfStopped } from './context.js';
import { checkInvariants } from './invariants.js';
import { openReader } from './reader.js';
import { restorations } from './restorations.js';
import { secondRoute } from './second-route.js';

export interface VerifySelection {
  readonly batches: readonly Batch[];
  /** The batches to look at; null for everything. */
  readonly selected: readonly Batch[] | null;
  readonly limit: number;
  readonly strict: boolean;
}

/** Compares both sides of every table of a phase, and checks what must hold of our tables, in one snapshot. */
export async function verifyPhase(
  context: Context,
  phase: Phase,
  targets: Targets,
  phaseId: number,
  selection: VerifySelection,
): Promise<PhaseVerification> {
  const start = performance.now();
  return withCleanup(async (cleanup) => {
    const sessions = await snapshotPair(context, cleanup);
    const sources = await restorations(sessions.legacy, phase, targets, phaseId);
    const broken = await brokenViews(sessions.legacy, phaseId);
    const invariants = phase.bound.sources.map(({ rule }) => viewIsIntact(viewName(rule.table), broken));
    const comparisons = phase.keyed.map(
      (keyed, index): Comparison => ({
        keyed,
        schema: phase.schema,
        restoration: sources[index] as Comparison['restoration'],
        viewIsIntact: !broken.has(viewName(keyed.source.rule.table)),
      }),
    );
    const tables: TableVerification[] = [];
    for (const comparison of comparisons) {
      throwIfStopped(context.signal, 'Verification writes nothing; it was not finished.');
      const table = comparison.keyed.source.rule.table;
      context.report({ type: 'step', phase: phase.name, step: 'verify', detail: table });
      tables.push(
        await compareTable(sessions, comparison, selection.batches, selection.selected, selection.limit),
      );
    }
    invariants.push(...(await checkInvariants(sessions, phase.invariants, targets.unified)));
    if (selection.strict)
      invariants.push(
        ...(await secondRoute(context, phase, targets, comparisons, {
          ...selection,
          phaseId,
          snapshot: await sessions.legacy.exportSnapshot(),
        })),
      );
    const accounting =
      selection.selected === null ? await account(sessions.unified, phase, targets, phaseId, tables) : [];
    const equal =
      tables.every((table) => table.equal) &&
      invariants.every((invariant) => invariant.ok) &&
      accounting.every((entry) => entry.balanced);
    return { phase: phase.name, equal, tables, invariants, accounting, seconds: secondsSince(start) };
  });
}

async function snapshotPair(context: Context, cleanup: Cleanup): Promise<SnapshotPair> {
  const legacy = await openReader(context, cleanup);
  return { legacy, unified: await openReader(context, cleanup, await legacy.exportSnapshot()) };
}

/** Views that are gone, or that are not what Drydock made of them. */
export async function brokenViews(session: Session, phaseId: number): Promise<Set<string>> {
  const broken = new Set<string>();
  for (const object of await readObjects(session, phaseId)) {
    if (object.kind !== 'view') continue;
    const { same } = (await isIntact(session, object))
      ? await session.one('select (pg_get_viewdef($1::text::oid) = $2::text)::text as same', [
          object.oid,
          object.definition,
        ])
      : { same: 'false' };
    if (same !== 'true') broken.add(object.name);
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

/** Law 2, counted in the tables themselves. */
async function account(
  session: Session,
  phase: Phase,
  targets: Targets,
  phaseId: number,
  tables: readonly Pick<TableVerification, 'table' | 'legacy'>[],
): Promise<Accounting[]> {
  const { sources } = await countRange(session, phase.bound, targets, phaseId, KeyRange.ALL);
  return phase.bound.sources.map(({ rule: { table } }) => {
    const source = tables.find((verified) => verified.table === table)?.legacy.rows ?? 0;
    const { read = 0, primary = 0, folded = 0, rejected = 0 } = sources[table] ?? {};
    return { table, source, primary, folded, rejected, balanced: source === read };
  });
}
