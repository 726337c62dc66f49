import type { Context } from '../context/context.js';
import { openReader } from '../context/reader.js';
import { reprinter } from '../context/reprinter.js';
import { secondsSince } from '../context/stoppable.js';
import { inFreshSnapshot } from '../db/fresh-snapshot.js';
import type { Session } from '../db/session.js';
import { isUnchanged, type OwnedObject, readObjects } from '../ledger/objects.js';
import { type PhaseEntry, recordVerification, setState } from '../ledger/phases.js';
import { readViews } from '../ledger/refreshes.js';
import type { Derived } from '../project/derived.js';
import type { Invariant, PhaseVerification } from '../reports/verify.js';

/**
 * Checks that the metrics are what a fresh count gives, in one snapshot, and that everything that was made is there as
 * it was made: no trigger switched off, no index invalid, no view another one. A view that is out of date is told, and
 * is no difference: it says when it was filled.
 */
export async function verifyEnhancements(
  context: Context,
  { id: phaseId, phase }: Pick<PhaseEntry, 'id' | 'phase'>,
  enhancements: Derived,
): Promise<PhaseVerification> {
  const start = performance.now();
  return inFreshSnapshot(context.signal, async (cleanup) => {
    const session = await openReader(context, cleanup);
    const invariants: Invariant[] = [];
    const { counts } = enhancements;
    if (counts !== null) {
      context.report({ type: 'step', phase, step: 'verify', detail: counts.view });
      const { n } = await session.one(counts.wrong);
      invariants.push(
        invariant('metrics equal a fresh count', n === '0', `those of ${n} ${counts.of} do not`),
      );
    }
    const again = reprinter(context, cleanup);
    invariants.push(...(await thingsAsMade(session, phaseId, enhancements, again)));
    invariants.push(...(await viewsFilled(session, phaseId)));
    return {
      phase,
      equal: invariants.every(({ ok }) => ok),
      tables: [],
      invariants,
      accounting: [],
      pendingKeys: 0,
      seconds: secondsSince(start),
    };
  });
}

/** The same, with an entry in the ledger and the state that follows from it. */
export async function recordedVerification(
  context: Context,
  { id: phaseId, phase }: Pick<PhaseEntry, 'id' | 'phase'>,
  enhancements: Derived,
): Promise<PhaseVerification> {
  const result = await verifyEnhancements(context, { id: phaseId, phase }, enhancements);
  await context.session.transaction(async () => {
    await recordVerification(context.session, phaseId, { equal: result.equal, strict: false, tables: [] });
    await setState(context.session, phaseId, result.equal ? 'verified' : 'different');
  });
  return result;
}

function invariant(name: string, ok: boolean, detail: string): Invariant {
  return { name, ok, detail: ok ? '' : detail };
}

async function thingsAsMade(
  session: Session,
  phaseId: number,
  enhancements: Derived,
  reprint: ReturnType<typeof reprinter>,
): Promise<Invariant[]> {
  const objects = await readObjects(session, phaseId);
  const found: Invariant[] = [];
  for (const object of objects) {
    const ok = (await isUnchanged(session, object, reprint)) && (await isUsable(session, object));
    found.push(
      invariant(
        `${object.kind} ${object.name} is as it was made`,
        ok,
        'it was replaced, switched off, or is gone',
      ),
    );
  }
  for (const { name } of enhancements.indexes) {
    if (objects.some((object) => object.kind === 'index' && object.name === name)) continue;
    found.push(invariant(`index ${name} is as it was made`, false, 'it was never built'));
  }
  return found;
}

async function isUsable(session: Session, { kind, oid }: OwnedObject): Promise<boolean> {
  if (kind !== 'index') return true;
  const { valid } = await session.one(
    'select (indisvalid and indisready and indislive)::text as valid from pg_index where indexrelid = $1::text::oid',
    [oid],
  );
  return valid === 'true';
}

async function viewsFilled(session: Session, phaseId: number): Promise<Invariant[]> {
  return (await readViews(session, phaseId)).map(({ name, refreshedAt, stale }) => {
    const ok = refreshedAt !== null;
    const since = stale === true ? `its tables have changed since it was filled at ${refreshedAt}` : '';
    return { name: `materialized view ${name} is filled`, ok, detail: ok ? since : 'it never was' };
  });
}
