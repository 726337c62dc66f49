import { ident, literal } from '../db/identifier.js';
import { goldenOf } from '../declare/check.js';
import type { ConsolidationModel, GoldenModel, SourceModel } from '../declare/model.js';
import type { BoundSource } from '../mapping/bind.js';
import { residueKey } from '../mapping/restore.js';
import { refuse } from '../mapping/reverse.js';
import type { OwnGift } from './written-row.js';

/** What is known of the rows that a direct write changes. */
export interface Written {
  readonly model: SourceModel;
  readonly bound: BoundSource;
  /** SQL: whether the row has this source. */
  flag(row: 'new' | 'old'): string;
  /** SQL: when the source's row was changed last. */
  changedAt(row: 'new' | 'old'): string;
  /** SQL: what the source's giver of a shared column holds, as its own type; null where it gives that column nothing. */
  value(golden: GoldenModel, row: 'new' | 'old'): string | null;
  /** What gives the column its value and has a home of its own; null: none does. */
  own(golden: GoldenModel): OwnGift | null;
}

/**
 * plpgsql that refuses a direct write after which another source's value would survive than the one that is written: since
 * the row has another source, because of another time, or because a source got its first value of a group.
 */
export function survivors(model: ConsolidationModel, sources: readonly Written[]): string[] {
  const groups = new Map<string, GoldenModel[]>();
  for (const golden of goldenOf(model)) {
    const name = golden.together ?? golden.name;
    groups.set(name, [...(groups.get(name) ?? []), golden]);
  }
  return [...groups.values()].flatMap((columns) => group(columns, sources));
}

function group(columns: readonly GoldenModel[], all: readonly Written[]): string[] {
  const [first] = columns;
  if (first === undefined) return [];
  const tables = [...new Set(first.givers.map(({ table }) => table))];
  const sources = tables.flatMap((table) => all.filter(({ model }) => model.table === table));
  if (sources.length < 2) return [];
  const survivor = (row: 'new' | 'old') => {
    const rows = sources.map((source, at) => {
      const values = columns.flatMap((column) => source.value(column, row) ?? []);
      const isThere = `${source.flag(row)} and (${values.map((value) => `(${value}) is not null`).join(' or ')})`;
      return `(${at}, ${isThere}, ${first.survivorship === 'newest' ? source.changedAt(row) : 'null::timestamptz'})`;
    });
    return `(select x.s from (values ${rows.join(', ')}) x (s, is_there, at) where x.is_there order by x.at desc nulls last, x.s limit 1)`;
  };
  const names = columns.map(({ name }) => name).join(', ');
  return [
    `v_survivor := ${survivor('new')};`,
    `v_before := (case when tg_op = 'UPDATE' then ${survivor('old')} end);`,
    `if (case v_survivor ${sources.map((source, at) => `when ${at} then ${differs(columns, source)}`).join(' ')} end) then`,
    refuse(
      'survivor',
      `With these values another legacy row than the one that gives ${names} now would do so.`,
      `Write ${names} as well, so that all legacy rows of this row hold it. Or write it under the old names, where the legacy tables decide.`,
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
