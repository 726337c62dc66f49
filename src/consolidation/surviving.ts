import { ident, literal } from '../db/identifier.js';
import { type ConsolidationModel, type GoldenModel, goldenOf } from '../declare/model.js';
import { residueKey } from '../mapping/restore.js';
import { refuse } from '../mapping/reverse.js';
import { hasFolded, type Tables } from './folded-rows.js';
import { OLD_NAMES, type Written } from './written-row.js';

/**
 * plpgsql that refuses a direct write after which another source's value would survive than the one that is written: since
 * the row has another source, because of another time, or because a source got its first value of a group.
 */
export function survivors(model: ConsolidationModel, sources: readonly Written[], tables: Tables): string[] {
  const groups = new Map<string, GoldenModel[]>();
  for (const golden of goldenOf(model)) {
    const name = golden.together ?? golden.name;
    groups.set(name, [...(groups.get(name) ?? []), golden]);
  }
  return [...groups.values()].flatMap((columns) => [
    ...group(columns, sources, tables),
    ...(columns[0]?.survivorship === 'filled' ? filledByOthers(columns[0], sources, tables) : []),
  ]);
}

function group(columns: readonly GoldenModel[], all: readonly Written[], tables: Tables): string[] {
  const [first] = columns;
  if (first === undefined) return [];
  const givers = [...new Set(first.givers.map(({ table }) => table))];
  const sources = givers.flatMap((table) => all.filter(({ model }) => model.table === table));
  if (sources.length < 2) return [];
  const survivor = (row: 'new' | 'old') => {
    const rows = sources.map((source, at) => {
      const values = columns.flatMap((column) => source.value(column, row) ?? []);
      const hasValue = values.map((value) => `(${value}) is not null`).join(' or ');
      const isThere = first.nullsCount === true ? source.flag(row) : `${source.flag(row)} and (${hasValue})`;
      return `(${at}, ${isThere}, ${first.survivorship === 'newest' ? source.changedAt(row) : 'null::timestamptz'})`;
    });
    return `(select x.s from (values ${rows.join(', ')}) x (s, is_there, at) where x.is_there order by x.at desc nulls last, x.s limit 1)`;
  };
  const names = columns.map(({ name }) => name).join(', ');
  return [
    `v_survivor := ${survivor('new')};`,
    `v_before := (case when tg_op = 'UPDATE' then ${survivor('old')} end);`,
    `if ${first.survivorship === 'filled' ? `not ${hasDuplicates(tables)} and ` : ''}(case v_survivor ${sources.map((source, at) => `when ${at} then ${differs(columns, source)}`).join(' ')} end) then`,
    refuse(
      'survivor',
      `With these values another legacy row than the one that gives ${names} now would do so.`,
      `Write ${names} as well, so that all legacy rows of this row hold it. Or write it under the old names, where the legacy tables decide.`,
    ),
    'end if;',
  ];
}

const hasDuplicates = (tables: Tables, table?: string) =>
  `(tg_op = 'UPDATE' and ${hasFolded(tables, table)})`;

/**
 * plpgsql that refuses what a duplicate would give another value after a write, where any row fills a column: before one of
 * the rows that won has a value.
 */
function filledByOthers(golden: GoldenModel, all: readonly Written[], tables: Tables): string[] {
  const givers = golden.givers.flatMap(({ table }) => all.filter(({ model }) => model.table === table));
  const value = (source: Written, row: 'new' | 'old') =>
    `(case when ${source.flag(row)} then ${source.value(golden, row) ?? 'null'} end)`;
  const changed = [
    `new.${ident(golden.name)} is distinct from old.${ident(golden.name)}`,
    ...givers.map((source) => `${value(source, 'new')} is distinct from ${value(source, 'old')}`),
  ];
  const ownChanged = givers.flatMap((source) =>
    source.own(golden) === null ? [] : [`${value(source, 'new')} is distinct from ${value(source, 'old')}`],
  );
  const cases = givers.flatMap((source) => [
    `when ${[...ownChanged, 'false'].join(' or ')} then true`,
    `when ${value(source, 'new')} is not null then false`,
    `when ${hasDuplicates(tables, source.model.table)} then true`,
  ]);
  return [
    `if tg_op = 'UPDATE' and (${changed.join(' or ')}) and ${hasDuplicates(tables)} and (case ${cases.join(' ')} else false end) then`,
    refuse(
      'duplicates',
      `Column ${golden.name} is filled by duplicate legacy rows as well, which would give it another value.`,
      OLD_NAMES,
    ),
    'end if;',
  ];
}

/** SQL: whether a merge would take something else from the source that survives. */
function differs(columns: readonly GoldenModel[], source: Written): string {
  const cases = columns.flatMap((golden) => {
    const value = `new.${ident(golden.name)}`;
    const own = source.own(golden);
    if (own !== null)
      return [
        own.isGolden
          ? `not (${own.makes(value)})`
          : `(v_survivor is distinct from v_before and not ${own.makes(value)})`,
      ];
    const kept = golden.givers
      .filter(({ table }) => table === source.model.table)
      .map(({ column }) => `new.residue ? ${literal(residueKey(source.bound.rule, column))}`);
    if (kept.length === 0) return [];
    const isKept = `coalesce(${kept.join(' or ')}, false)`;
    const isWritten = `v_survivor is distinct from v_before or ${value} is distinct from old.${ident(golden.name)}`;
    return [`(${isKept} and (case when tg_op = 'UPDATE' then ${isWritten} else true end))`];
  });
  return cases.length === 0 ? 'false' : cases.join(' or ');
}
