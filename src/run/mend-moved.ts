import { ident, literal } from '../db/identifier.js';
import { asUuid, bareId, rawText, uuidFromText } from '../keys/raw-id.js';
import { tableOf } from '../mapping/keyed-source.js';
import { locatorOf, pointersOf } from '../mapping/locate.js';
import type { Phase } from '../phases/phase.js';
import type { Context } from './context.js';

/**
 * Enters the legacy rows that name changed submissions as changed themselves, when all batches are loaded. Batches are
 * read in snapshots of their own, so a submission that changes between two of them may have moved rows from a batch
 * that was not read yet to one that was: they are in neither, and among ours nothing tells of them. What changes from
 * here on finds its rows among ours.
 */
export async function mendMoved({ session }: Context, phase: Phase, phaseId: number): Promise<void> {
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
