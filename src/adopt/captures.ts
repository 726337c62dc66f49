import { findObstacles } from '../capture/obstacles.js';
import {
  createFunction,
  createTriggers,
  dropFunction,
  functionName,
  relationsOf,
} from '../capture/triggers.js';
import { type WatchedTable, watchedTables } from '../capture/watched.js';
import type { Session } from '../db/session.js';
import { reopenAll } from '../ledger/batches.js';
import { type Capture, enterCapture, readCaptures } from '../ledger/captures.js';
import type { Phase } from '../mapping/phase.js';
import type { AdoptFinding } from '../reports/adopt.js';
import { finding, type Place } from './finding.js';

/** A table that reports to a phase by triggers of the original. */
interface Stale {
  readonly known: Capture;
  readonly watched: WatchedTable;
  /** Its triggers are whole, so that nothing was written to it since the copy was made and not caught. */
  readonly isArmed: boolean;
}

/** What was found of the capture of a phase. */
export interface FoundCaptures {
  readonly stale: readonly Stale[];
  readonly findings: readonly AdoptFinding[];
}

/** Finds which tables of a phase are to report anew, because their triggers name what they were in the original. */
export async function findCaptures(session: Session, place: Place, phase: Phase): Promise<FoundCaptures> {
  const known = await readCaptures(session, place.entry.id);
  if (known.length === 0) return { stale: [], findings: [] };
  const stale: Stale[] = [];
  for (const watched of watchedTables(phase)) {
    const capture = known.find(({ source }) => source === watched.table.name);
    if (capture === undefined) continue;
    const relations = await relationsOf(session, watched, capture.functionName);
    const isArmed = relations.every(({ armed }) => armed);
    const isHere =
      capture.tableOid === watched.table.oid && capture.functionName === functionName(watched) && isArmed;
    if (!isHere) stale.push({ known: capture, watched, isArmed });
  }
  const { missing } = stale.length === 0 ? { missing: [] } : await findObstacles(session, phase);
  return {
    stale,
    findings: [
      ...missing.map((why) =>
        finding(place, 'stops', {
          code: 'missing-privilege',
          object: phase.name,
          why,
          next: 'Connect as the owner of these tables, or as a member of it.',
        }),
      ),
      ...stale
        .filter(({ isArmed }) => !isArmed)
        .map(({ watched: { table } }) =>
          finding(place, 'again', {
            code: 'capture',
            object: `triggers on ${table.schema}.${table.name}`,
            why: 'Triggers that report changes were missing or switched off: the batches of the phase are to be loaded again.',
            next: `drydock run --phase ${place.entry.phase}`,
          }),
        ),
    ],
  };
}

/**
 * Has the tables of all phases report under their present oids, in a transaction of the caller's, so that no change is
 * lost in between. Triggers are shared by phases: the old ones go first, because an oid of the original may be another
 * table's here. Gives the names of the tables.
 */
export async function captureAnew(
  session: Session,
  phases: readonly { readonly place: Place; readonly captures: FoundCaptures }[],
): Promise<ReadonlyMap<Place, readonly string[]>> {
  const old = new Set(
    phases.flatMap(({ captures }) => captures.stale.map(({ known }) => known.functionName)),
  );
  for (const name of old) await dropFunction(session, name);
  const made = new Map<Place, readonly string[]>();
  for (const { place, captures } of phases) {
    for (const { watched, isArmed } of captures.stale) {
      await createFunction(session, watched);
      for (const relation of await relationsOf(session, watched))
        if (!relation.armed) await createTriggers(session, watched, relation);
      await enterCapture(session, place.entry.id, {
        source: watched.table.name,
        tableOid: watched.table.oid,
        functionName: functionName(watched),
      });
      if (!isArmed) await reopenAll(session, place.entry.id);
    }
    made.set(
      place,
      captures.stale.map(({ watched: { table } }) => `${table.schema}.${table.name}`),
    );
  }
  return made;
}
