import type { Context } from '../context/context.js';
import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { fromClause, tableOf } from '../mapping/keyed-source.js';
import { locatorOf } from '../mapping/locate.js';
import type { Phase } from '../mapping/phase.js';

/**
 * Enters legacy rows as changed themselves whose keys follow from changes of other rows, when all batches are loaded.
 * Batches are read in snapshots of their own, so what changes between two of them may have moved rows from a batch that
 * was not read yet to one that was: they are in neither, and among ours nothing tells of them. What changes from here
 * on finds its rows among ours.
 */
export async function mendMoved({ session }: Context, phase: Phase, phaseId: number): Promise<void> {
  await enterNaming(session, phase, phaseId);
  await enterKeyed(session, phase, phaseId);
}

/** Rows that name a row of the crosswalk that was changed. */
async function enterNaming(session: Session, phase: Phase, phaseId: number): Promise<void> {
  const { resolution } = phase;
  if (resolution === null) return;
  const named = (expression: string) =>
    `select ${expression} from drydock.changes k where k.phase_id = ${phaseId} and k.source = ${literal(resolution.table.name)} and k.raw is not null`;
  for (const source of phase.bound.sources) {
    const isNamed = resolution.naming(source, named);
    if (isNamed === null) continue;
    await session.execute(
      `insert into drydock.changes (phase_id, source, operation, raw)
       select $1::int, ${literal(source.rule.table)}, 'moved', array[r.${ident(locatorOf(source).name)}::text]
       from ${tableOf(source)} r where (${isNamed}) and exists (${named('1')})`,
      [phaseId],
    );
  }
}

/** Rows that have a key by now which a change of an earlier phase names: it moved them there. */
async function enterKeyed(session: Session, phase: Phase, phaseId: number): Promise<void> {
  const named = `select k.merge_key from drydock.changes k where k.phase_id = ${phaseId} and k.merge_key is not null`;
  const { found } = await session.one(`select exists (${named})::text as found`);
  if (found !== 'true') return;
  for (const keyed of phase.keyed) {
    const { source } = keyed;
    await session.execute(
      `insert into drydock.changes (phase_id, source, operation, raw)
       ${keyed.with} select $1::int, ${literal(source.rule.table)}, 'moved', array[r.${ident(locatorOf(source).name)}::text]
       from ${fromClause(keyed)} where ${keyed.key} in (${named})`,
      [phaseId],
    );
  }
}
