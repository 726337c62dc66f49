import { requireSameTables } from '../context/configuration.js';
import type { Context } from '../context/context.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import type { LegacyDatabase } from '../legacy/detect.js';
import type { Phase } from '../mapping/phase.js';
import { consolidationsOf, type Project, phasesOf } from '../project/project.js';
import type { AdoptFinding } from '../reports/adopt.js';
import { type FoundCaptures, findCaptures } from './captures.js';
import { canBeginAnew, finding, type Place } from './finding.js';
import { type FoundMoved, findMoved } from './moved.js';
import { type FoundObjects, findObjects } from './objects.js';
import { findJob } from './refreshes.js';

/** Everything that was found of a phase, before anything is written. */
export interface SurveyedPhase {
  readonly place: Place;
  readonly project: Project;
  readonly legacy: LegacyDatabase;
  /** Null for a phase that unifies nothing. */
  readonly phase: Phase | null;
  readonly objects: FoundObjects;
  readonly moved: FoundMoved;
  readonly captures: FoundCaptures;
  readonly job: readonly AdoptFinding[];
  readonly findings: readonly AdoptFinding[];
}

/** Looks for everything that the ledger knows of a schema. Writes nothing that is kept. */
export async function surveySchema(
  session: Session,
  context: Context,
  acceptOwners: readonly string[],
): Promise<SurveyedPhase[]> {
  const { project, schema, legacy } = context;
  const found: SurveyedPhase[] = [];
  for (const name of phasesOf(project)) {
    const entry = context.entries.get(name);
    if (entry === undefined) continue;
    const [definition] = consolidationsOf(project, [entry.phase]);
    const place = { schema, entry, derived: definition === undefined ? project.derived : null };
    const phase = definition?.bind(legacy, new Set(context.entries.keys())) ?? null;
    const objects = await findObjects(session, place, acceptOwners);
    const moved = await findMoved(session, place, acceptOwners);
    const tables = phase === null ? [] : tableFindings(place, legacy, phase);
    const captures =
      phase === null || tables.length > 0
        ? { stale: [], findings: [] }
        : await findCaptures(session, place, phase);
    const job = await findJob(session, place);
    const findings = [objects, moved, captures].flatMap((part) => part.findings);
    found.push({
      place,
      project,
      legacy,
      phase,
      objects,
      moved,
      captures,
      job,
      findings: [...findings, ...tables, ...job],
    });
  }
  return found;
}

/** Legacy tables that are not what the phase was begun with. */
function tableFindings(place: Place, legacy: LegacyDatabase, phase: Phase): AdoptFinding[] {
  if (place.entry.state === 'completed') return [];
  const verdict = canBeginAnew(place) ? 'warned' : 'stops';
  const found = legacy.stops.map(({ code, message, next }) =>
    finding(place, verdict, { code, object: phase.name, why: message, next }),
  );
  try {
    requireSameTables(phase, place.entry);
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    found.push(
      finding(place, verdict, { code: error.code, object: phase.name, why: error.message, next: error.next }),
    );
  }
  return found;
}
