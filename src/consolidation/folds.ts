import { isReadAsText } from '../copy-binary/decode.js';
import { encoderOf } from '../copy-binary/encode.js';
import type { RowWriter } from '../copy-binary/row-writer.js';
import { NULL } from '../copy-binary/values.js';
import { type ConsolidationModel, columnsOfFold, type FoldRule } from '../declare/model.js';
import { columnOf } from '../legacy/catalog.js';
import type { BoundPhase } from '../mapping/bind.js';
import type { Group } from '../mapping/merger.js';
import { fieldAt, type Row } from '../transform/row.js';
import { DecimalMean } from './decimal-mean.js';
import { foldDdl } from './fold-ddl.js';
import { jsonNumber, jsonValue } from './json-value.js';
import { NewestByName } from './newest-by-name.js';
import type { Side } from './sides.js';

/** One thing that is found out about rows that are kept whole. */
interface Summary {
  /** The source whose rows it looks at; -1 for none. */
  readonly source: number;
  clear(): void;
  /** @param isOnly whether it is the only row of its source, which has nothing to be newer than */
  enter(side: Side, row: Row, isOnly: boolean): void;
  /** As the encoder of its column takes it. */
  value(group: Group): string;
}

/** What is known of the rows of a thing that are kept whole. Used again for every thing: most have few rows. */
export class Folds {
  readonly #summaries: readonly {
    readonly column: string;
    readonly ddl: string;
    readonly summary: Summary;
  }[];
  readonly #bySource: readonly (readonly Summary[])[];
  #group: Group | null = null;

  constructor(model: ConsolidationModel, bound: BoundPhase, sides: readonly Side[]) {
    const folds = model.columns.filter((column) => column.kind === 'fold');
    const about: About = {
      indexOf: (table) => bound.sources.findIndex(({ rule }) => rule.table === table),
      sides,
      // Two columns over one list of names look at each row once.
      known: new Map(
        folds.flatMap(({ fold }) =>
          fold.by === 'newest' ? [[listOf(fold), { of: fold, list: new NewestByName() }] as const] : [],
        ),
      ),
    };
    this.#summaries = folds.map((column) => ({
      column: column.name,
      ddl: foldDdl(column),
      summary: summaryOf(column.fold, about),
    }));
    this.#bySource = sides.map(({ index }) =>
      this.#summaries.map(({ summary }) => summary).filter(({ source }) => source === index),
    );
  }

  /** Writes each column. */
  get writers(): ReadonlyMap<string, (out: RowWriter) => void> {
    return new Map(
      this.#summaries.map(({ column, ddl, summary }) => {
        const encode = encoderOf(ddl);
        return [
          column,
          (out: RowWriter) => encode(this.#group === null ? NULL : summary.value(this.#group), out),
        ];
      }),
    );
  }

  begin(group: Group): void {
    this.#group = group;
    for (const { summary } of this.#summaries) summary.clear();
  }

  enter(side: Side, row: Row, isOnly: boolean): void {
    const summaries = this.#bySource[side.index] as readonly Summary[];
    for (let index = 0; index < summaries.length; index += 1) summaries[index]?.enter(side, row, isOnly);
  }
}

interface About {
  /** Of a source; -1 where it is not in the database. */
  indexOf(table: string): number;
  readonly sides: readonly Side[];
  /** Lists of names with their newest values, each with the summary that fills it. */
  readonly known: ReadonlyMap<string, { readonly of: FoldRule; readonly list: NewestByName }>;
}

const listOf = ({ table, names }: Extract<FoldRule, { by: 'names' | 'newest' }>) =>
  JSON.stringify([table, ...names]);

function summaryOf(fold: FoldRule, about: About): Summary {
  if (fold.by === 'sources') {
    const words = fold.words.map(({ word, tables }) => ({ word, sources: tables.map(about.indexOf) }));
    const has = (group: Group) => (source: number) => countOf(group, source) > 0;
    return passive((group) => words.find(({ sources }) => sources.every(has(group)))?.word ?? NULL);
  }
  const source = about.indexOf(fold.table);
  const side = about.sides[source];
  if (fold.by === 'count') return passive((group) => String(countOf(group, source)));
  if (side === undefined) return passive(() => NULL);
  if (fold.by === 'mean') return meanOf(fold, side);
  const known = about.known.get(listOf(fold));
  if (fold.by === 'names' && known !== undefined) return passive(() => known.list.names());
  return byName(fold, side, known?.of === fold ? known.list : new NewestByName());
}

const countOf = (group: Group, source: number) => group.rows[source]?.count ?? 0;

/** A summary that is found without looking at rows. */
function passive(value: Summary['value']): Summary {
  return { source: -1, clear: () => undefined, enter: () => undefined, value };
}

function meanOf(fold: Extract<FoldRule, { by: 'mean' }>, side: Side): Summary {
  const mean = new DecimalMean(fold);
  const fields = placesOf(side, fold.values);
  return {
    source: side.index,
    clear: () => mean.clear(),
    enter: (_side, row) => mean.enter(firstOf(row, fields)),
    value: () => mean.value(),
  };
}

/** Names alone, or with their newest values. */
function byName(
  fold: Extract<FoldRule, { by: 'names' | 'newest' }>,
  side: Side,
  list: NewestByName,
): Summary {
  const names = placesOf(side, fold.names);
  const values = fold.by === 'newest' ? placesOf(side, fold.values) : [];
  const print = printerOf(side, fold.by === 'newest' ? fold.values : []);
  return {
    source: side.index,
    clear: () => list.clear(),
    enter(_side, row, isOnly) {
      const name = firstOf(row, names);
      if (name === NULL) return;
      const time = isOnly ? NULL : side.times.updatedAt(row);
      list.enter(name, firstOf(row, values), time, isOnly ? NULL : side.identity(row));
    },
    value: () => (fold.by === 'names' ? list.names() : list.object(print)),
  };
}

/** How a value is printed as JSON: numbers and truths as such, a text that spells JSON as that. */
function printerOf(side: Side, columns: readonly string[]): (value: string) => string {
  const types = columns.flatMap((name) => columnOf(side.source.table, name)?.type ?? []);
  if (types.length > 0 && types.every(({ category }) => category === 'N')) return jsonNumber;
  if (types.length > 0 && types.every(({ kind }) => kind === 'bool')) return (value) => String(value === 't');
  return jsonValue;
}

/**
 * Where rows have texts and numbers. A column of another type, such as an array, has nothing that a summary could say: its
 * values are in the row that is kept, whole.
 */
function placesOf(side: Side, columns: readonly string[]): readonly number[] {
  return columns.flatMap((name) => {
    const type = columnOf(side.source.table, name)?.type;
    const place = side.rows.indexOf(name);
    return type !== undefined && isReadAsText(type) && place >= 0 ? [place] : [];
  });
}

/** The first value that a row has. */
function firstOf(row: Row, fields: readonly number[]): string {
  for (let index = 0; index < fields.length; index += 1) {
    const value = fieldAt(row, fields[index] as number);
    if (value !== NULL) return value;
  }
  return NULL;
}

/** Columns of a summary that have a type of which nothing can be said. */
export function unreadable(
  fold: FoldRule,
  bound: BoundPhase,
): readonly { readonly column: string; readonly type: string }[] {
  const table = fold.by === 'sources' ? undefined : fold.table;
  const source = bound.sources.find(({ rule }) => rule.table === table);
  return columnsOfFold(fold).flatMap((name) => {
    const column = source?.columns.find((one) => one.name === name);
    return column === undefined || isReadAsText(column.type)
      ? []
      : [{ column: name, type: column.type.name }];
  });
}
