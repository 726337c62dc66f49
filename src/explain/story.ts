import { decoderOf } from '../copy-binary/decode.js';
import { encoderOf } from '../copy-binary/encode.js';
import { fieldIn, memoryOf } from '../copy-binary/framing.js';
import { numericText } from '../copy-binary/numeric.js';
import { RowWriter } from '../copy-binary/row-writer.js';
import { NULL } from '../copy-binary/values.js';
import { givesTo } from '../mapping/giving-columns.js';
import type { BoundColumn, Conversion } from '../mapping/mapping.js';
import type { Phase } from '../mapping/phase.js';
import { residueKey } from '../mapping/restore.js';
import type { ExplainedColumn, ExplainedRow, ExplainedThing, GivenValue } from '../reports/explain.js';
import { columnPrinter, type FoundRow, type KeptRow, type MadeRow } from './rows.js';

/** Tells of one unified row whose rows it is made of, and which of them gave which value. */
export function storyOf(
  phase: Phase,
  made: MadeRow,
  {
    rows,
    kept,
    asked,
    isOnly,
  }: {
    readonly rows: readonly FoundRow[];
    readonly kept: readonly KeptRow[];
    readonly asked: { readonly table: string; readonly row: string } | null;
    readonly isOnly: boolean;
  },
): Omit<ExplainedThing, 'stored' | 'differing'> {
  const id = made.computed.get('id') ?? made.computed.get('merge_key') ?? '';
  const outcomeOf = (row: FoundRow): ExplainedRow['outcome'] | null => {
    if (made.winners[row.source] === row.id) return 'counts';
    const its = kept.find((one) => one.source === row.source && one.id === row.id);
    return its !== undefined && (isOnly || its.unifiedId === null || its.unifiedId === id)
      ? 'duplicate'
      : null;
  };
  const own = rows.flatMap((row) => {
    const outcome = outcomeOf(row);
    return outcome === null ? [] : [{ row, outcome }];
  });
  const residue = residueOf(made);
  return {
    id,
    rows: own.map(({ row, outcome }) => explainedRow(phase, row, outcome, residue, asked)),
    columns: phase.bound.mapping.computed
      .filter(({ name }) => !isOurs(phase, name))
      .map(({ name, ddl }) => explainedColumn(phase, name, ddl, made, own)),
  };
}

/** Columns that tell of the row itself. */
function isOurs({ bound }: Phase, name: string): boolean {
  return (
    ['id', 'merge_key', 'residue'].includes(name) || bound.mapping.sources.some(({ flag }) => flag === name)
  );
}

function residueOf(made: MadeRow): Readonly<Record<string, string | null>> {
  const text = made.computed.get('residue');
  return text == null ? {} : (JSON.parse(text) as Record<string, string | null>);
}

function explainedRow(
  { keyed, matching }: Phase,
  { source, id, step, said, dangling, values }: FoundRow,
  outcome: ExplainedRow['outcome'],
  residue: Readonly<Record<string, string | null>>,
  asked: { readonly table: string; readonly row: string } | null,
): ExplainedRow {
  const rule = keyed[source]?.source.rule;
  const table = rule?.table ?? '';
  const kept = Object.keys(values).flatMap((column) => {
    const key = rule === undefined ? '' : residueKey(rule, column);
    // Of the row that counts: a duplicate is kept whole.
    return outcome === 'counts' && key in residue ? [[column, residue[key] ?? null] as const] : [];
  });
  return {
    table,
    row: id,
    asked: asked?.table === table && asked.row === id,
    step: step === null ? null : (matching?.ladders[source]?.[step]?.name ?? null),
    value: said,
    dangling,
    outcome,
    values,
    residue: Object.fromEntries(kept),
  };
}

function explainedColumn(
  phase: Phase,
  name: string,
  ddl: string,
  made: MadeRow,
  own: readonly { readonly row: FoundRow; readonly outcome: ExplainedRow['outcome'] }[],
): ExplainedColumn {
  const field = made.fields.get(name) ?? NULL;
  const isSame = ({ golden }: Said) => golden === field || (isNumber(ddl) && isEqualNumber(golden, field));
  const said = own
    // The rows that count come first: of a duplicate nothing is taken where its source has another row.
    .toSorted((a, b) => Number(a.outcome === 'duplicate') - Number(b.outcome === 'duplicate'))
    .flatMap(({ row }) => saidOf(phase, row, name, ddl));
  const same = said.filter(isSame).map(({ given }) => given);
  return {
    column: name,
    // A value of a type that is only copied is shown as its giver has it.
    value: made.computed.has(name) ? (made.computed.get(name) ?? null) : (same[0]?.value ?? null),
    from: field === NULL ? null : (same[0] ?? null),
    agreed: field === NULL ? [] : same.slice(1),
    lost: said.filter((one) => !isSame(one)).map(({ given }) => given),
  };
}

/** What a row says of a shared column: the bytes of the shared value, and the legacy one. */
interface Said {
  readonly golden: string;
  readonly given: GivenValue;
}

function saidOf({ keyed }: Phase, row: FoundRow, target: string, ddl: string): Said[] {
  const found = keyed[row.source]?.source;
  if (found === undefined) return [];
  const { rule, columns } = found;
  const given = (column: string, value: string): GivenValue => ({
    table: rule.table,
    row: row.id,
    column,
    value,
  });
  const worked = (rule.gifts ?? [])
    .filter((gift) => gift.target === target)
    .flatMap(({ name, sql }): Said[] => {
      const [bytes, text] = [row.sent.get(name), row.gifts[name]];
      return bytes == null || text == null ? [] : [{ golden: bytes, given: given(sql, text) }];
    });
  const taken = columns.flatMap((column): Said[] => {
    const gives = givesTo(column, target);
    const [bytes, text] = [row.sent.get(column.name), row.values[column.name]];
    if (gives === null || bytes == null || text == null) return [];
    const conversion = chosenConversion(gives.conversion, row, columns);
    return [{ golden: converted(conversion, column, bytes, ddl), given: given(column.name, text) }];
  });
  return [...worked, ...taken];
}

/** The one that another column of the row chooses, where one does. */
function chosenConversion(
  conversion: Conversion,
  row: FoundRow,
  columns: readonly BoundColumn[],
): Conversion {
  const { chosen } = conversion;
  const selector = columns.find(({ name }) => name === chosen?.column);
  const bytes = row.sent.get(selector?.name ?? '');
  if (chosen === undefined || selector === undefined || bytes == null) return conversion;
  return chosen.by.get(chosen.read(decoderOf(selector.type)(bytes))) ?? conversion;
}

/** The bytes of the shared value that a legacy one becomes; NULL for none. */
function converted(conversion: Conversion, column: BoundColumn, bytes: string, ddl: string): string {
  const memory = memoryOf(Buffer.from(bytes, 'latin1'));
  if (conversion.passes?.(memory, 0, memory.bytes.length) === true) return bytes;
  const value = conversion.forward(columnPrinter(column)(bytes));
  return value === null ? NULL : encoded(ddl, value);
}

/** The bytes of a shared value. */
function encoded(ddl: string, value: string): string {
  const out = new RowWriter();
  out.begin(1);
  encoderOf(ddl)(value, out);
  return fieldIn(out, 0);
}

const isNumber = (ddl: string) => ddl.startsWith('numeric');

/** Numbers are equal whichever places they are written with. */
function isEqualNumber(a: string, b: string): boolean {
  const shortest = (bytes: string) => {
    const text = numericText(bytes);
    return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  };
  return a !== NULL && b !== NULL && shortest(a) === shortest(b);
}
