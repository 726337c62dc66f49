import { decoderOf, printerOf } from '../copy-binary/decode.js';
import { fieldIn, type RowBytes } from '../copy-binary/framing.js';
import { recordFields } from '../copy-binary/record.js';
import { decode, NULL } from '../copy-binary/values.js';
import { ident, literal } from '../db/identifier.js';
import type { Session, TextRow } from '../db/session.js';
import { copyRowsOf } from '../extract/copy-source.js';
import { Grouper } from '../extract/group.js';
import type { BoundSource } from '../mapping/bind.js';
import { givesOf, givingColumns } from '../mapping/giving-columns.js';
import { extractionQuery, fromClause, type KeyedSource } from '../mapping/keyed-source.js';
import type { BoundColumn } from '../mapping/mapping.js';
import type { Phase } from '../mapping/phase.js';
import { spelled } from '../types/spelling.js';
import { identitySql } from './asked.js';

/** A row of the key that is looked at. */
export interface FoundRow {
  /** Index of the keyed source. */
  readonly source: number;
  readonly id: string;
  readonly step: number | null;
  readonly said: string | null;
  readonly dangling: boolean;
  readonly values: Readonly<Record<string, string | null>>;
  /** What the server works out from the row, by the name of the gift. */
  readonly gifts: Readonly<Record<string, string | null>>;
  /** The bytes of what gives shared columns a value, or chooses its conversion, by column or gift. */
  readonly sent: ReadonlyMap<string, string | null>;
}

/** Rows of one key that are shown; of a hub there may be many thousands. */
const MOST_ROWS = 200;

/** The legacy rows of a key, and how many there are beyond those. */
export async function rowsOfKey(
  session: Session,
  phase: Phase,
  key: string,
): Promise<{ readonly rows: readonly FoundRow[]; readonly more: number }> {
  const rows: FoundRow[] = [];
  let more = 0;
  for (const [source, keyed] of phase.keyed.entries()) {
    const found = await session.query(rowsQuery(phase, keyed, source, key));
    more += Math.max(0, Number(found[0]?.n ?? 0) - found.length);
    rows.push(...found.map((row) => foundRow(keyed, source, row)));
  }
  return { rows, more };
}

function rowsQuery({ matching }: Phase, keyed: KeyedSource, at: number, key: string): string {
  const steps = matching?.ladders[at] ?? [];
  const cases = (values: readonly string[]) =>
    values.length === 0
      ? 'null'
      : `case ${values.map((value, step) => `when (${steps[step]?.key}) is not null then ${value}`).join(' ')} end`;
  const { columns, rule } = keyed.source;
  const giving = [
    ...sentColumns(keyed.source).map(({ name }) => `r.${ident(name)}`),
    ...(rule.gifts ?? []).map(({ sql }) => `(select ${sql} from (select r.*) r)`),
  ];
  const texts = [
    `${giving.length === 0 ? 'null' : `encode(record_send(row(${giving.join(', ')})), 'hex')`} as sent`,
    ...columns.map(
      ({ name, type }, index) => `${spelled(`r.${ident(name)}`, type.hiding)}::text as c${index}`,
    ),
    ...(rule.gifts ?? []).map(({ sql }, index) => `(select (${sql})::text from (select r.*) r) as g${index}`),
  ];
  return `${keyed.with} select count(*) over () as n, ${identitySql(keyed)}::text as id, ${cases(steps.map((_, step) => String(step)))}::text as step,
      ${cases(steps.map(({ said }) => said ?? 'null'))}::text as said, (${keyed.orphan})::text as dangling, ${texts.join(', ')}
    from ${fromClause(keyed)} where (${keyed.key}) = ${literal(key)}::uuid order by (${identitySql(keyed)}) collate "C" limit ${MOST_ROWS}`;
}

/** The columns that give shared ones a value, and those by which conversions are chosen. */
function sentColumns(source: BoundSource): readonly BoundColumn[] {
  const giving = givingColumns(source);
  const choosing = new Set(giving.flatMap((column) => givesOf(column)?.conversion.chosen?.column ?? []));
  return [
    ...giving,
    ...source.columns.filter((column) => choosing.has(column.name) && !giving.includes(column)),
  ];
}

function foundRow(keyed: KeyedSource, source: number, row: TextRow): FoundRow {
  const { columns, rule } = keyed.source;
  const names = [...sentColumns(keyed.source), ...(rule.gifts ?? [])].map(({ name }) => name);
  const fields = row.sent == null ? [] : recordFields(Buffer.from(row.sent, 'hex'));
  return {
    source,
    id: String(row.id),
    step: row.step === null || row.step === undefined ? null : Number(row.step),
    said: row.said ?? null,
    dangling: row.dangling === 'true',
    values: Object.fromEntries(columns.map(({ name }, index) => [name, row[`c${index}`] ?? null])),
    sent: new Map(names.map((name, index) => [name, fields[index] ?? null])),
    gifts: Object.fromEntries((rule.gifts ?? []).map(({ name }, index) => [name, row[`g${index}`] ?? null])),
  };
}

/** A unified row that a merge makes of the rows of the key: the fields of its computed columns, and whose rows are in it. */
export interface MadeRow {
  /** By computed column, as it is printed; a value of a type that is only copied is left out. */
  readonly computed: ReadonlyMap<string, string | null>;
  /** By computed column its bytes. */
  readonly fields: ReadonlyMap<string, string>;
  /** For each keyed source the identity of the row that counts; null: it has none. */
  readonly winners: readonly (string | null)[];
}

/** What was kept whole, and which unified row it belongs to; null: that of its key. */
export interface KeptRow {
  readonly source: number;
  readonly id: string;
  readonly unifiedId: string | null;
}

/** Merges the rows of a key as a run does. */
export async function mergeKey(
  session: Session,
  phase: Phase,
  key: string,
): Promise<{ readonly made: readonly MadeRow[]; readonly kept: readonly KeptRow[] }> {
  const scope = { condition: (expression: string) => `${expression} = ${literal(key)}::uuid` };
  // One after the other: a session has one copy at a time.
  const sources: RowBytes[][][] = [];
  for (const keyed of phase.keyed) {
    const lists: RowBytes[][] = [];
    for await (const list of copyRowsOf(session, extractionQuery(keyed, scope))) lists.push(list);
    sources.push(lists);
  }
  const grouper = new Grouper(sources.map(eachOf));
  const reader = new OutputReader(phase);
  const made: MadeRow[] = [];
  const kept: KeptRow[] = [];
  for await (const groups of grouper.until(null))
    for (const group of groups)
      phase.merger.merge(group, {
        unified: (row) => void made.push(reader.unified(row)),
        folded: (row) => void (kept.length < MOST_ROWS && kept.push(reader.folded(row))),
        book: () => undefined,
      });
  await grouper.close();
  return { made, kept };
}

async function* eachOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Reads what a merger writes; see `transform/output.ts` for the order of the fields. */
class OutputReader {
  readonly #phase: Phase;
  readonly #head: number;

  constructor(phase: Phase) {
    this.#phase = phase;
    this.#head = phase.bound.mapping.isOnePerKey === true ? 2 : 3;
  }

  unified(row: RowBytes): MadeRow {
    const { mapping, sources } = this.#phase.bound;
    const computed = new Map<string, string | null>();
    const fields = new Map<string, string>();
    for (const [index, { name, ddl }] of mapping.computed.entries()) {
      const print = printerFor(ddl);
      fields.set(name, fieldIn(row, index));
      if (print !== null) computed.set(name, printed(fieldIn(row, index), print));
    }
    let at = mapping.computed.length;
    const winners = sources.map(({ rule, extracted, goldenCount, columns }) => {
      if (rule.flag === null) return null;
      const own = extracted.slice(goldenCount);
      const begin = at;
      at += own.length;
      if (computed.get(rule.flag) !== 't') return null;
      const parts = rule.identity.map((name) => {
        const index = own.findIndex((column) => column.name === name);
        if (index >= 0) return printed(fieldIn(row, begin + index), columnPrinter(own[index] as BoundColumn));
        return columns.find((column) => column.name === name)?.home.kind === 'id'
          ? (computed.get('id') ?? null)
          : null;
      });
      return parts.filter((part) => part !== null).join(', ');
    });
    return { computed, fields, winners };
  }

  folded(row: RowBytes): KeptRow {
    const { sources } = this.#phase.bound;
    const table = decode(fieldIn(row, 0));
    const source = sources.findIndex(({ rule }) => rule.table === table);
    let at = this.#head;
    for (const { extracted } of sources.slice(0, source)) at += extracted.length;
    const { rule, extracted } = sources[source] as (typeof sources)[number];
    const parts = rule.identity.map((name) => {
      const index = extracted.findIndex((column) => column.name === name);
      return index < 0
        ? null
        : printed(fieldIn(row, at + index), columnPrinter(extracted[index] as BoundColumn));
    });
    return {
      source,
      id: parts.filter((part) => part !== null).join(', '),
      unifiedId:
        this.#head === 2
          ? null
          : printed(fieldIn(row, 2), printerOf({ kind: 'uuid', category: 'U' }) ?? String),
    };
  }
}

type Print = (bytes: string) => string;

function printed(field: string, print: Print): string | null {
  return field === NULL ? null : decode(print(field));
}

/** A value as it is printed: so a conversion and the residue read it. */
export const columnPrinter = ({ type }: BoundColumn): Print =>
  type.binary ? (printerOf(type) ?? decoderOf(type)) : (bytes) => bytes;

/** Internal names of the types that computed columns have. */
const KINDS: Readonly<Record<string, string>> = { boolean: 'bool', integer: 'int4', bigint: 'int8' };

/** Prints a computed column by what its definition begins with; null where its values are only copied. */
function printerFor(ddl: string): Print | null {
  const [, name = '', rest = ''] = /^([a-z]+)(\[\])?/.exec(ddl) ?? [];
  const kind = KINDS[name] ?? name;
  if (
    rest !== '' ||
    ![
      'text',
      'uuid',
      'timestamptz',
      'timestamp',
      'date',
      'jsonb',
      'bool',
      'int4',
      'int8',
      'numeric',
    ].includes(kind)
  )
    return null;
  const type = { kind, category: kind === 'text' ? 'S' : 'U' };
  return printerOf(type) ?? decoderOf(type);
}
