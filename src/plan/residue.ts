import { fieldIn } from '../copy-binary/framing.js';
import { decode, NULL } from '../copy-binary/values.js';
import type { Session } from '../db/session.js';
import type { BoundSource } from '../mapping/bind.js';
import { extractionQuery } from '../mapping/keyed-source.js';
import type { BoundColumn } from '../mapping/mapping.js';
import type { Phase } from '../mapping/phase.js';
import { givesOf, residueKey } from '../mapping/restore.js';
import type { PhasePlan } from '../reports/plan.js';
import { mergeQueries } from '../sync/merged-rows.js';

/** Rows that are merged for it, of whole keys; of more rows one key in 2, 4, ... is looked at. */
const MOST_ROWS = 20_000;
/** Below it a residue is not worth a column. */
const WORTH_A_COLUMN = 0.05;

type ResiduePlan = NonNullable<PhasePlan['residue']>;

/**
 * Merges some keys as a run does, without writing anything, and counts of which legacy columns values are in the residue.
 *
 * @param rows of all sources, as they were counted
 */
export async function residuePlan(session: Session, phase: Phase, rows: number): Promise<ResiduePlan | null> {
  const { bound, keyed } = phase;
  const place = bound.mapping.computed.findIndex(({ name }) => name === 'residue');
  if (place < 0 || keyed.length === 0) return null;
  const oneIn = rows <= MOST_ROWS ? 1 : 2 ** Math.ceil(Math.log2(rows / MOST_ROWS));
  const scope = {
    condition: (key: string) => (oneIn === 1 ? 'true' : `uuid_hash(${key}) & ${oneIn - 1} = 0`),
  };
  const merged = await mergeQueries(session, phase, (one) => extractionQuery(one, scope));
  try {
    const counts = new Map<string, number>();
    for (const row of merged.log('unified')) {
      const residue = fieldIn(row, place);
      if (residue === NULL) continue;
      // Behind the version of jsonb. Its values are texts, which nobody reads here.
      for (const key of Object.keys(JSON.parse(decode(residue.slice(1))) as object))
        counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const { sources } = merged.counts();
    return {
      oneIn,
      columns: bound.sources.flatMap((source) => {
        const { table } = source.rule;
        const all = sources[table]?.primary ?? 0;
        return source.columns.flatMap((column) => {
          const kept = counts.get(residueKey(source.rule, column.name)) ?? 0;
          return kept === 0 ? [] : [{ table, ...columnPlan(phase, source, column, { kept, rows: all }) }];
        });
      }),
    };
  } finally {
    merged.close();
  }
}

function columnPlan(
  { bound }: Phase,
  { rule }: BoundSource,
  { name, home }: BoundColumn,
  { kept, rows }: { readonly kept: number; readonly rows: number },
): Omit<ResiduePlan['columns'][number], 'table'> {
  const gives = givesOf(home);
  const targets = gives.map(({ target }) => bound.mapping.computed.find((column) => column.name === target));
  const [survivorship] = targets.map((target) => target?.survivorship);
  const { givers = [], together = null } = survivorship ?? {};
  const place = givers.findIndex((giver) => giver.table === rule.table && giver.column === name);
  const mayGiveWay =
    gives.length === 1 &&
    home.kind === 'golden' &&
    together === null &&
    place > 0 &&
    kept >= WORTH_A_COLUMN * rows;
  return {
    column: name,
    into: gives.map(({ target }) => target),
    rows,
    residue: kept,
    proposal: mayGiveWay ? `.else(${rule.table}.${name})` : null,
  };
}
