import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { asUuid, bareId, rawText, uuidFromText } from '../keys/raw-id.js';
import { fromClause, tableOf } from '../mapping/keyed-source.js';
import { locatorOf, pointersOf } from '../mapping/locate.js';
import type { Phase } from '../mapping/phase.js';
import type { Context } from './context.js';

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

/** Rows that name a submission that was changed. */
async function enterNaming(session: Session, phase: Phase, phaseId: number): Promise<void> {
  const { resolution } = phase;
  if (resolution === null) return;
  const named = (value: string) =>
    `select ${value} from drydock.changes k where k.phase_id = ${phaseId} and k.source = ${literal(resolution.table.name)} and k.raw is not null`;
  const ids = named(uuidFromText(rawText('k.raw[1]')));
  const bareIds = named(bareId(rawText('k.raw[2]')));
  for (const source of phase.bound.sources) {
    const pointers = pointersOf(source);
    if (pointers.length === 0) continue;
    const isNamed = pointers.flatMap(({ name, type }) => {
      const column = `r.${ident(name)}`;
      const byId = `${asUuid(column, type.kind)} in (${ids})`;
      return type.kind === 'uuid' ? [byId] : [byId, `${bareId(rawText(column))} in (${bareIds})`];
    });
    await session.execute(
      `insert into drydock.changes (phase_id, source, operation, raw)
       select $1::int, ${literal(source.rule.table)}, 'moved', array[r.${ident(locatorOf(source).name)}::text]
       from ${tableOf(source)} r where (${isNamed.join(' or ')}) and exists (${named('1')})`,
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
