import { decoderOf, printerOf } from '../copy-binary/decode.js';
import { recordFields } from '../copy-binary/record.js';
import { decode } from '../copy-binary/values.js';
import { givesOf, givingColumns } from '../mapping/giving-columns.js';
import type { BoundColumn, Conversion } from '../mapping/mapping.js';
import type { Phase } from '../mapping/phase.js';
import type { MatchPlan } from '../reports/plan.js';
import type { SentRow } from './key-survey.js';

const MOST_EXAMPLES = 3;

/** A column of a source that gives a shared one its value. */
interface Giver {
  readonly target: string;
  readonly conversion: Conversion;
  readonly isNumber: boolean;
  /** Makes a value of what is sent. */
  readonly read: (bytes: string) => string;
  /** The same for a person. */
  readonly print: (bytes: string) => string;
}

interface Tally {
  things: number;
  differ: number;
  spelling: number;
  readonly examples: { readonly key: string; readonly values: Readonly<Record<string, string>> }[];
}

/** How often the sources of a thing say different things of one shared column. What the server works out of rows is left aside. */
export function disagreements(
  phase: Phase,
  groups: readonly (readonly SentRow[])[],
): MatchPlan['disagreements'] {
  const givers = phase.keyed.map(({ source }) => givingColumns(source).map(giverOf(phase)));
  const tallies = new Map<string, Tally>();
  for (const rows of groups)
    for (const [target, said] of valuesOf(rows, givers)) count(tallies, target, said, rows, phase);
  return phase.bound.mapping.computed.flatMap(({ name: column }) => {
    const tally = tallies.get(column);
    return tally === undefined ? [] : [{ column, ...tally }];
  });
}

function giverOf({ bound }: Phase): (column: BoundColumn) => Giver | null {
  return (column) => {
    const { type } = column;
    const given = givesOf(column);
    // Which conversion a value has, another column says, which is not sent.
    if (given === null || given.conversion.chosen !== undefined) return null;
    const ddl = bound.mapping.computed.find(({ name }) => name === given.target)?.ddl ?? '';
    return {
      target: given.target,
      conversion: given.conversion,
      isNumber: ddl.startsWith('numeric'),
      read: decoderOf(type),
      print: (bytes) => decode((printerOf(type) ?? decoderOf(type))(bytes)),
    };
  };
}

/** What a source says of a shared column: the shared value, and what is shown of it. */
type Said = Map<number, { readonly golden: string; readonly text: string }>;

/** By shared column what each source says, by its first row that has a value. */
function valuesOf(
  rows: readonly SentRow[],
  givers: readonly (readonly (Giver | null)[])[],
): Map<string, Said> {
  const all = new Map<string, Said>();
  for (const { source, values } of rows) {
    if (values === null) continue;
    for (const [at, bytes] of recordFields(values).entries()) {
      const giver = givers[source]?.[at];
      if (giver == null || bytes === null) continue;
      const golden = giver.conversion.forward(giver.read(bytes));
      if (golden === null) continue;
      const said: Said = all.get(giver.target) ?? new Map();
      if (!said.has(source))
        said.set(source, { golden: giver.isNumber ? shortest(golden) : golden, text: giver.print(bytes) });
      all.set(giver.target, said);
    }
  }
  return all;
}

function count(
  tallies: Map<string, Tally>,
  target: string,
  said: Said,
  [first]: readonly SentRow[],
  { keyed }: Phase,
): void {
  if (said.size < 2) return;
  const tally = tallies.get(target) ?? { things: 0, differ: 0, spelling: 0, examples: [] };
  tallies.set(target, tally);
  tally.things += 1;
  if (new Set([...said.values()].map(({ golden }) => golden)).size === 1) return;
  tally.differ += 1;
  const folded = [...said.values()].map(({ golden }) => golden.toLowerCase().trim().replace(/\s+/g, ' '));
  if (new Set(folded).size === 1) tally.spelling += 1;
  if (tally.examples.length >= MOST_EXAMPLES) return;
  const values = [...said].map(([source, { text }]) => [keyed[source]?.source.rule.table ?? '', text]);
  tally.examples.push({ key: first?.key ?? '', values: Object.fromEntries(values) });
}

/** Numbers are equal whichever places they are written with. */
function shortest(number: string): string {
  return number.includes('.') ? number.replace(/\.?0+$/, '') : number;
}
