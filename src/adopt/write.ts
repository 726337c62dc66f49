import { createView } from '../batches/finish.js';
import { LEGACY, prepareLegacySchema } from '../cutover/legacy-schema.js';
import { markAgain } from '../cutover/private-schema.js';
import { FUNCTIONS } from '../cutover/reverse/functions-schema.js';
import { armReverseCapture } from '../cutover/reverse/install.js';
import { ident, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { createGuard, ownerOf, restGuard } from '../guard/guard.js';
import { enterEvent } from '../ledger/events.js';
import { enterHome, type Home } from '../ledger/home.js';
import { enter, MARKER } from '../ledger/objects.js';
import { restorations } from '../ledger/restorations.js';
import { targetsOf, viewName } from '../mapping/targets.js';
import { readTrimmings } from '../old-names/trimmings.js';
import { laterPhases } from '../project/project.js';
import { captureAnew } from './captures.js';
import type { Place } from './finding.js';
import { enterFoundMoved, remakeOldNames } from './moved.js';
import { enterRefreshes, forgetJob } from './refreshes.js';
import type { SurveyedPhase } from './survey.js';

/** Whether a phase has things that are under other oids than the ledger remembers. */
export function isStale({ objects, moved, captures, findings }: SurveyedPhase): boolean {
  return (
    objects.found.length + moved.found.length + captures.stale.length > 0 ||
    findings.some(({ verdict }) => verdict === 'again')
  );
}

/** How many things of a phase were found by name; of a moved table, itself and the view of its old name. */
export function foundOf({ objects, moved }: SurveyedPhase): number {
  return objects.found.length + 2 * moved.found.length;
}

/**
 * Binds the ledger to what was found, and has everything work here that worked in the original: in one transaction of the
 * caller's. Nothing is dropped but our own functions and triggers that are made again. Gives the tables that report
 * anew, by phase.
 */
export async function write(
  session: Session,
  survey: readonly SurveyedPhase[],
  about: { readonly from: Home | null; readonly here: Home; readonly operator: string },
): Promise<ReadonlyMap<Place, readonly string[]>> {
  for (const schema of [LEGACY, FUNCTIONS]) await markAgain(session, schema);
  for (const one of survey) {
    await enterObjects(session, one);
    if (one.moved.found.length === 0 && one.moved.missingViews.length === 0) continue;
    await remakeOldNames(session, one.moved);
    await enterFoundMoved(session, one.place, one.moved);
  }
  // Before the triggers of the legacy tables, in the order in which direct writes take their locks.
  for (const one of survey) if (isStale(one)) await arm(session, one, survey);
  const captured = await captureAnew(session, survey);
  for (const one of survey) {
    await makeViews(session, one);
    if (one.phase === null && isStale(one)) await enterRefreshes(session, one.place, one.legacy);
    if (one.job.length > 0) await forgetJob(session, one.place);
  }
  // What a run of the original was told, or does, is of no meaning here.
  await session.execute('delete from drydock.orders');
  await enterHome(session, about.here, { toVerify: true });
  const from = about.from === null ? '' : `from database ${about.from.database}, `;
  for (const schema of new Set(survey.map(({ place }) => place.schema))) {
    const own = survey.filter(({ place }) => place.schema === schema);
    const found = own.reduce((sum, one) => sum + foundOf(one), 0);
    await enterEvent(session, {
      schema,
      phase: null,
      kind: 'adopted',
      operator: about.operator,
      detail: `${from}${found} things found by name`,
    });
  }
  return captured;
}

/**
 * Enters the oids, and gives back the marks that were lost. An entry that is written anew is as old as the copy: its age
 * tells which snapshots are older than the rows.
 */
async function enterObjects(session: Session, { place, objects }: SurveyedPhase): Promise<void> {
  for (const { kind, schema, name, oid } of objects.found) {
    const target = kind === 'trigger' ? await triggerName(session, oid, name) : qualified(schema, name);
    await session.execute(`comment on ${kind} ${target} is '${MARKER}'`);
    await enter(session, place.entry.id, { kind, schema, name }, oid);
  }
}

async function triggerName(session: Session, oid: string, name: string): Promise<string> {
  const { table } = await session.one(
    'select tgrelid::regclass::text as table from pg_trigger where oid = $1::text::oid',
    [oid],
  );
  return `${ident(name)} on ${table}`;
}

/**
 * The guard of our tables names their owner here; and what carries direct writes to the legacy tables names these, and
 * who may be trusted, as they are here.
 */
async function arm(
  session: Session,
  { place: { schema, entry }, project, phase, objects }: SurveyedPhase,
  all: readonly SurveyedPhase[],
): Promise<void> {
  if (phase === null || entry.state === 'completed' || objects.found.length === 0) return;
  const targets = targetsOf(phase);
  const guard = createGuard(phase, await ownerOf(session, targets));
  const isCutOver = entry.state === 'cut-over';
  await session.execute([...guard, ...(isCutOver ? restGuard(targets) : [])].join(';\n'));
  if (!isCutOver) return;
  const tables = phase.bound.sources.map(({ table }) => table);
  const trimmings = await readTrimmings(session, tables);
  await prepareLegacySchema(
    session,
    [...trimmings.values()].map(({ owner }) => owner),
  );
  const later = laterPhases(project, phase.name);
  await armReverseCapture(session, phase, targets, {
    own: entry.id,
    later: all
      .filter(({ place }) => place.schema === schema && later.includes(place.entry.phase))
      .map(({ place }) => place.entry.id),
  });
}

/** The views that give legacy tables back, where they are missing. */
async function makeViews(session: Session, { place, phase, objects }: SurveyedPhase): Promise<void> {
  if (phase === null || objects.missingViews.length === 0) return;
  for (const restoration of await restorations(session, phase, targetsOf(phase), place.entry.id)) {
    if (!objects.missingViews.includes(viewName(restoration.source.rule.table))) continue;
    await createView(session, phase, place.entry.id, restoration);
  }
}
