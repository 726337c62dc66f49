import { openContext } from '../context/context.js';
import type { Cleanup } from '../db/cleanup.js';
import { derivedPhases } from '../derived/derived.js';
import { DrydockError } from '../errors.js';
import { readBatches } from '../ledger/batches.js';
import { consolidationsOf } from '../project/project.js';
import type { AdoptFinding, AdoptOptions } from '../reports/adopt.js';
import type { PhaseVerification } from '../reports/verify.js';
import { recordedVerification } from '../verify/recorded.js';
import { finding, type Place } from './finding.js';

/** What a comparison of both sides said of each phase, and why some could not be compared. */
export interface Verified {
  readonly verifications: ReadonlyMap<Place, PhaseVerification>;
  readonly findings: readonly AdoptFinding[];
}

/** Compares both sides of every phase that is loaded, in the adopted copy. */
export async function verifyAdopted(
  places: readonly Place[],
  appSchemas: ReadonlyMap<string, string | undefined>,
  options: AdoptOptions,
  cleanup: Cleanup,
): Promise<Verified> {
  const verifications = new Map<Place, PhaseVerification>();
  const findings: AdoptFinding[] = [];
  for (const place of places) {
    try {
      const result = await verifyOne(place, appSchemas.get(place.schema), options, cleanup);
      if (result !== null) verifications.set(place, result);
    } catch (error) {
      if (!(error instanceof DrydockError)) throw error;
      const { code, message, next } = error;
      findings.push(
        finding(place, 'warned', { code, object: place.entry.phase, why: `Not compared: ${message}`, next }),
      );
    }
  }
  return { verifications, findings };
}

async function verifyOne(
  { schema, entry: { phase: name } }: Place,
  appSchema: string | undefined,
  { databaseUrl, project, signal, onProgress }: AdoptOptions,
  cleanup: Cleanup,
): Promise<PhaseVerification | null> {
  const context = await openContext(
    { databaseUrl, project, signal, onProgress, schema, appSchema, phases: [name] },
    cleanup,
  );
  const entry = context.entries.get(name);
  if (entry === undefined || entry.state === 'loading' || entry.state === 'completed') return null;
  const pending = (await readBatches(context.session, entry.id)).some(({ status }) => status === 'pending');
  if (pending) return null;
  const [derived] = derivedPhases(context.project, [name]);
  if (derived !== undefined) return derived.verify(context, entry, { databaseUrl, record: true });
  const [definition] = consolidationsOf(context.project, [name]);
  if (definition === undefined) return null;
  const phase = definition.bind(context.legacy, new Set(context.entries.keys()));
  return recordedVerification(context, phase, entry.id, { selected: null, limit: 20, strict: false });
}
