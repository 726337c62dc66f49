import { ident, literal } from '../../db/identifier.js';
import type { ConsolidationModel } from '../../declare/model.js';
import { asUuid, keyOfUnknown, rawText, uuidFromText } from '../../keys/raw-id.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import type { BoundPhase, BoundSource } from '../../mapping/bind.js';
import { placesOf, typed } from '../../mapping/locate.js';
import type { BoundColumn } from '../../mapping/mapping.js';
import type { Resolution } from '../../mapping/phase.js';
import { SCRATCH } from '../../mapping/scratch.js';
import { targetsOf } from '../../mapping/targets.js';
import { aliasOf, type Known, knownIn, valueName } from './crosswalk.js';
import { declaredOf, namingColumns } from './keys.js';
import { scratchOf } from './scratch.js';

/**
 * How keys follow changes of the crosswalk. A row that comes, goes, or gets another alias or another time moves the rows that
 * name it: to its own uuid, to the oldest row's with the same alias, or to the key of an unknown id.
 */
export function crosswalkResolution(
  model: ConsolidationModel,
  bound: BoundPhase,
  legacy: LegacyDatabase,
): Resolution | null {
  const known = knownIn(model, legacy);
  const { table, spellings, columns } = known;
  if (table === undefined) return null;
  const { named, known: scratch } = scratchOf(model);
  const raw = aliasOf(known.model, table);
  const bare = () => spellings.bare(rawText('k.raw[2]'));
  const id = () => uuidFromText(rawText('k.raw[1]'));
  const values = columns.map(({ name, type }) => `, ${valueName(name)} ${type}`).join('');
  return {
    table,
    columns: [known.model.id, raw],
    reads: [known.model.id, raw, ...columns.map(({ name }) => name)],
    scratch: [
      { name: named, columns: 'rid text collate "C", id uuid' },
      {
        name: scratch,
        columns: `id uuid unique, rid text collate "C", canon uuid, oldest boolean${values}`,
      },
    ],
    nameRows: (names) => `insert into ${named} (id, rid) select distinct * from (${names}) n`,
    nameChanged: `
      insert into ${named} (rid, id)
      select distinct ${bare()}, ${id()}
      from ${SCRATCH.taken} k where k.source = ${literal(known.model.table)} and k.raw is not null`,
    lookUp: lookUp(model, known),
    changedKeys: changedKeys(model, bound, legacy),
    naming(source, changed) {
      const [ids, bareIds] = [changed(id()), changed(bare())];
      const conditions = pointersOf(model, source).flatMap(({ name, type }) => {
        const column = `r.${ident(name)}`;
        const byId = `${asUuid(column, type.kind)} in (${ids})`;
        return type.kind === 'uuid' ? [byId] : [byId, `${spellings.bare(rawText(column))} in (${bareIds})`];
      });
      return conditions.length === 0 ? null : conditions.join(' or ');
    },
  };
}

/** The columns by which rows of a source name one of the crosswalk, or a row that does. */
function pointersOf(model: ConsolidationModel, source: BoundSource): BoundColumn[] {
  const names = namingColumns(declaredOf(model, source));
  return source.columns.filter(({ key, name }) => key && names.includes(name));
}

/** Always all rows of one alias together: which of them is the oldest is said for each. */
function lookUp(model: ConsolidationModel, known: Known): string {
  const { named, known: scratch } = scratchOf(model);
  const names = ['id', 'rid', 'canon', 'oldest', ...known.columns.map(({ name }) => valueName(name))];
  const unknown = (column: string) =>
    `select n.id, n.rid from ${named} n where n.${column} is not null and not exists (select from ${scratch} k where k.${column} = n.${column})`;
  return `
    insert into ${scratch} (${names.join(', ')})
    with ${known.reached(`${unknown('id')} union ${unknown('rid')}`).join(', ')}
    select ${names.map((name) => `s.${name}`).join(', ')} from s
    where s.rid is null or s.rid in (select rid from rids)
    on conflict (id) do nothing`;
}

/** Keys that rows of the named ones have, had or would have without them. */
function changedKeys(model: ConsolidationModel, bound: BoundPhase, legacy: LegacyDatabase): string {
  const { named, known: scratch } = scratchOf(model);
  const { spellings } = knownIn(model, legacy);
  const targets = targetsOf({ schema: legacy.schema, bound });
  const spelled = spellings.every(`select n.rid from ${named} n union all select n.id::text from ${named} n`);
  const raws = `(select v.raw collate "C" as raw from (${spelled}) v (raw) where v.raw is not null) n`;
  const ours = bound.sources.flatMap((source) =>
    pointersOf(model, source).flatMap((column) =>
      placesOf(source, column, targets).map(({ from, value, isOurs, column: as }) => {
        const values =
          column.type.kind === 'uuid'
            ? `select n.id from ${named} n`
            : `select ${typed('n.raw', as)} from ${raws}`;
        return `select t.merge_key from ${from} where ${isOurs} and ${value} in (${values})`;
      }),
    ),
  );
  return [
    `select n.id from ${named} n`,
    `select k.id from ${scratch} k`,
    `select coalesce(${uuidFromText('n.rid')}, ${keyOfUnknown('n.rid')}) from ${named} n where n.rid is not null`,
    ...ours,
  ].join('\n union all ');
}
