import { NULL } from '../copy-binary/values.js';
import { type ConsolidationModel, resolverOf, type SourceModel, thingColumnOf } from '../declare/model.js';
import { columnOf } from '../legacy/catalog.js';
import type { BoundPhase, BoundSource } from '../mapping/bind.js';
import { countValues } from '../transform/dedupe.js';
import { identityReader } from '../transform/identity.js';
import { fieldAt, type Row, RowReader } from '../transform/row.js';
import { StandingReader, timeColumns } from '../transform/standing.js';
import { usesOf } from './crosswalk/uses.js';
import { changedAt, tellingApart, type Versioned, winnerOrder } from './winner.js';

/**
 * A field that the extraction puts before the legacy columns, behind the key:
 *
 *   thing  the id of what another consolidation made that the row is about; null for none
 *   ownId  a uuid of the row, made of its table and identity
 *   veto   what keeps rows of one key apart where it differs; null says nothing
 *
 * and where a crosswalk resolves the rows instead:
 *
 *   known    whether the row of the crosswalk is known
 *   use      what a unified column takes from it, one for each
 *   pointed  the identity of the row of another source that a row points to
 */
export type FieldName = 'thing' | 'ownId' | 'veto';
type AnyField = FieldName | 'known' | 'use' | 'pointed';

/** Those that are extracted, in their order; without the gifts, which come behind them. */
export function fieldsOf(model: ConsolidationModel): readonly FieldName[] {
  return [
    ...(thingColumnOf(model) === null ? [] : ['thing' as const]),
    ...(model.ids === undefined ? ['ownId' as const] : []),
    ...(model.veto === null ? [] : ['veto' as const]),
  ];
}

/** Where the fields are in a row; -1 for one that is not extracted. */
type Fields = Readonly<Record<AnyField, number>>;

function placesOf(names: readonly AnyField[]): Fields {
  const at = (name: AnyField) => {
    const found = names.indexOf(name);
    return found < 0 ? -1 : KEY + found;
  };
  return {
    thing: at('thing'),
    ownId: at('ownId'),
    veto: at('veto'),
    known: at('known'),
    use: at('use'),
    pointed: at('pointed'),
  };
}

/** The key itself. */
const KEY = 1;

/** One source as the merger sees it. */
export class Side {
  readonly index: number;
  readonly rows: RowReader;
  /** Negative where the first of two rows wins. */
  readonly order: (a: Versioned, b: Versioned) => number;
  readonly times: StandingReader;
  /** What tells a row from the others of its table. */
  readonly identity: (row: Row) => string;
  /** Whether its rows are kept whole. */
  readonly isWhole: boolean;
  readonly source: BoundSource;
  readonly #fields: Fields;
  /** Where rows have their version; -1 for nowhere. */
  readonly #version: number;
  /** Columns of which the first with a value names the thing that rows of this source belong to. */
  readonly attach: readonly number[];
  /** Whether each row names the row of another source whose thing it belongs to. */
  readonly points: boolean;

  constructor(index: number, source: BoundSource, model: SourceModel, fields: readonly AnyField[]) {
    this.index = index;
    this.source = source;
    this.isWhole = model.isWhole ?? false;
    this.#fields = placesOf(fields);
    this.rows = new RowReader(source, KEY + fields.length + (source.rule.gifts ?? []).length);
    this.#version = this.rows.indexOf(model.winner.version ?? '');
    this.order = winnerOrder(model.winner);
    const { times } = model;
    this.times = new StandingReader(source, this.rows, times);
    this.identity = fields.includes('known')
      ? (row) => this.times.identity(row)
      : tellingApart(identityReader(source, this.rows));
    this.attach = this.columns(model.attach ?? []);
    this.points = fields.includes('pointed') && model.match[0]?.kind === 'via';
    const has = (name: string) => columnOf(source.table, name) !== undefined;
    requireRead(source, this.rows, [
      ...source.rule.identity.filter(has),
      ...timeColumns(source.table, [...times.created, ...times.updated]),
    ]);
  }

  /** Where some columns are in a row; one that is not there, or that nobody reads, is left out. */
  columns(names: readonly string[]): number[] {
    return names.map((name) => this.rows.indexOf(name)).filter((field) => field >= 0);
  }

  /** What a unified column takes from the crosswalk, by its place among those that do. */
  use(at: number, row: Row): string {
    return fieldAt(row, this.#fields.use + at);
  }

  /** @param ranked whether there are other rows to compare with */
  standing(row: Row, ranked: boolean): Versioned {
    return {
      created: this.times.madeAt(row),
      updated: this.times.updatedAt(row),
      values: ranked ? countValues(row) : 0,
      identity: this.identity(row),
      version: ranked ? fieldAt(row, this.#version) : NULL,
    };
  }

  /** See {@link FieldName}; NULL for a field that is not extracted. */
  field(name: AnyField, row: Row): string {
    return fieldAt(row, this.#fields[name]);
  }

  changedAt(row: Row): string {
    return changedAt({ created: this.times.madeAt(row), updated: this.times.updatedAt(row) });
  }
}

/** The sources that are in the database, in the order of the phase's. */
export function sidesOf(model: ConsolidationModel, bound: BoundPhase): Side[] {
  const fields: readonly AnyField[] =
    resolverOf(model) === null
      ? fieldsOf(model)
      : ['known', ...usesOf(model).map(() => 'use' as const), 'pointed'];
  return bound.sources.map((source, index) => {
    const declared = model.sources.find(({ table }) => table === source.rule.table);
    if (declared === undefined) throw new Error(`${model.name} declares no source ${source.rule.table}`);
    return new Side(index, source, declared, fields);
  });
}

/** A column that nobody reads would count as one without a value, without a word. */
function requireRead(source: BoundSource, rows: RowReader, columns: readonly string[]): void {
  for (const name of columns)
    if (rows.indexOf(name) < 0) throw new Error(`column ${name} of ${source.rule.table} is not read`);
}

/** The first of some fields of a row that has a value; NULL without one. */
export function firstOf(row: Row | null, fields: readonly number[]): string {
  for (const field of fields) {
    const value = fieldAt(row, field);
    if (value !== NULL) return value;
  }
  return NULL;
}
