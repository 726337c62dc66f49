import type { Context } from '../../context/context.js';
import { generatedName, ident, literal, qualified } from '../../db/identifier.js';
import type { Session } from '../../db/session.js';
import { UNFINISHED } from '../../ledger/object-kinds.js';
import { enter, readObjects } from '../../ledger/objects.js';
import type { Phase } from '../../mapping/phase.js';
import { type Targets, targetsOf } from '../../mapping/targets.js';
import { grantStatements, readTrimmings } from '../../old-names/trimmings.js';
import { consolidationsOf } from '../../project/project.js';
import { giveIds } from './numbers.js';
import type { Taking } from './taking.js';

/**
 * Has the unified table take over the ids of a source, and its name, behind the locks of a completion. The old name's view
 * goes; what it allowed whom is allowed on the table. Short: every row has its id by then, and the index is there. Returns the phase as it is from then on.
 */
export async function takeOver(
  session: Session,
  {
    context,
    phase,
    phaseId,
    taking,
  }: {
    readonly context: Context;
    readonly phase: Phase;
    readonly phaseId: number;
    readonly taking: Taking;
  },
): Promise<Phase> {
  const targets = targetsOf(phase);
  const { unified } = targets;
  const { id, recordId, name, source } = taking;
  const { home } = source.table;
  const grants = name === null ? null : await grantsOf(session, qualified(home, name));
  await session.execute(
    [
      `alter table ${unified.qualified} drop constraint ${ident(generatedName(unified.name, 'pkey'))}, replica identity full`,
      ...(recordId === 'id'
        ? []
        : [`alter table ${unified.qualified} rename column id to ${ident(recordId)}`]),
      ...(id.meanwhile === id.then
        ? []
        : [`alter table ${unified.qualified} rename column ${ident(id.meanwhile)} to ${ident(id.then)}`]),
      ...(name === null
        ? []
        : [
            `drop view ${qualified(home, name)}`,
            `alter table ${unified.qualified} rename to ${ident(name)}`,
            ...(grants === null
              ? []
              : grantStatements(qualified(unified.schema, name), grants.owner, grants.grants)),
          ]),
    ].join(';\n'),
  );
  if (name !== null)
    await session.execute(
      `update drydock.objects set name = $4::text where phase_id = $1::int and kind = 'table' and schema_name = $2::text and name = $3::text`,
      [phaseId, unified.schema, unified.name, name],
    );
  // The server prints what reads the table otherwise now.
  for (const object of await readObjects(session, phaseId))
    if (object.oid !== UNFINISHED) await enter(session, phaseId, object, object.oid);
  return asCompleted(context, phase);
}

/** Gives ids to what has none by then, before anything comes to name it. Behind the locks of a completion. */
export async function settleIds(session: Session, targets: Targets, taking: Taking): Promise<void> {
  await beginSequence(session, targets, taking);
  await giveIds(session, targets, taking);
}

/** Where the application chose the numbers itself, new rows of others get those above all that were used. */
async function beginSequence(session: Session, targets: Targets, taking: Taking): Promise<void> {
  const { unified } = targets;
  const { values, id, source, named, name } = taking;
  if (values.kind !== 'number' || values.sequence !== null) return;
  const sequence = qualified(unified.schema, generatedName(name ?? unified.name, id.then, 'seq'));
  const { schema, name: legacy } = source.table;
  await session.execute(
    `create sequence ${sequence} as ${named.type.base} owned by ${unified.qualified}.${ident(id.meanwhile)};
     select setval(${literal(sequence)}::regclass, coalesce((select max(t.${ident(named.name)}) from ${qualified(schema, legacy)} t), 0) + 1, false);
     alter table ${unified.qualified} alter column ${ident(id.meanwhile)} set default nextval(${literal(sequence)}::regclass)`,
  );
  await giveIds(session, targets, { ...taking, values: { kind: 'number', sequence } });
}

async function grantsOf(session: Session, view: string) {
  const { oid } = await session.one('select $1::text::regclass::oid::text as oid', [view]);
  return (await readTrimmings(session, [{ oid: String(oid) }])).get(String(oid)) ?? null;
}

/** A phase as it is once it is completed. */
export function asCompleted({ project, legacy, entries }: Context, { name }: Phase): Phase {
  const [definition] = consolidationsOf(project, [name]);
  if (definition === undefined) throw new Error(`there is no consolidation ${name}`);
  const sources = new Set(definition.mapping.sources.map(({ table }) => table));
  const tables = [...legacy.tables].map(
    ([table, found]) =>
      [table, sources.has(table) ? { ...found, isCompleted: true as const } : found] as const,
  );
  return definition.bind({ ...legacy, tables: new Map(tables) }, new Set(entries.keys()));
}
