import type { ConsolidationModel, SourceModel } from '../declare/model.js';
import type { BoundPhase, BoundSource } from '../mapping/bind.js';
import type { Standing } from '../transform/dedupe.js';
import { countValues } from '../transform/dedupe.js';
import { identityReader } from '../transform/identity.js';
import { fieldAt, type Row, RowReader } from '../transform/row.js';
import { StandingReader, timeColumns } from '../transform/standing.js';
import { changedAt, tellingApart, winnerOrder } from './winner.js';

/** The fields that the extraction puts before the legacy columns. */
export const FIELDS = {
  key: 0,
  /** A uuid of the row, made of its table and identity. */
  ownId: 1,
  /** What keeps rows of one key apart where it differs; null says nothing. */
  veto: 2,
} as const;
/** How many there are, without the gifts that come behind them. */
const HEAD = 3;

/** One source as the merger sees it. */
export class Side {
  readonly index: number;
  readonly rows: RowReader;
  /** Negative where the first of two rows wins. */
  readonly order: (a: Standing, b: Standing) => number;
  readonly times: StandingReader;
  /** What tells a row from the others of its table. */
  readonly identity: (row: Row) => string;

  constructor(index: number, source: BoundSource, model: SourceModel) {
    this.index = index;
    this.rows = new RowReader(source, HEAD + (source.rule.gifts ?? []).length);
    this.order = winnerOrder(model.winner);
    const { times } = model;
    this.times = new StandingReader(source, this.rows, times);
    this.identity = tellingApart(identityReader(source, this.rows));
    requireRead(source, this.rows, [
      ...source.rule.identity,
      ...timeColumns(source.table, [...times.created, ...times.updated]),
    ]);
  }

  /** @param ranked whether there are other rows to compare with */
  standing(row: Row, ranked: boolean): Standing {
    return {
      created: this.times.madeAt(row),
      updated: this.times.updatedAt(row),
      values: ranked ? countValues(row) : 0,
      identity: this.identity(row),
    };
  }

  changedAt(row: Row): string {
    return changedAt({ created: this.times.madeAt(row), updated: this.times.updatedAt(row) });
  }
}

/** The sources that are in the database, in the order of the phase's. */
export function sidesOf(model: ConsolidationModel, bound: BoundPhase): Side[] {
  return bound.sources.map((source, index) => {
    const declared = model.sources.find(({ table }) => table === source.rule.table);
    if (declared === undefined) throw new Error(`${model.name} declares no source ${source.rule.table}`);
    return new Side(index, source, declared);
  });
}

/** A column that nobody reads would count as one without a value, without a word. */
function requireRead(source: BoundSource, rows: RowReader, columns: readonly string[]): void {
  for (const name of columns)
    if (rows.indexOf(name) < 0) throw new Error(`column ${name} of ${source.rule.table} is not read`);
}

export function ownIdOf(row: Row): string {
  return fieldAt(row, FIELDS.ownId);
}

export function vetoOf(row: Row): string {
  return fieldAt(row, FIELDS.veto);
}
