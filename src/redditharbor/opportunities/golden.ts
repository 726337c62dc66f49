import { encoderOf } from '../../copy-binary/encode.js';
import type { RowWriter } from '../../copy-binary/row-writer.js';
import { NULL } from '../../copy-binary/values.js';
import { columnOf } from '../../legacy/catalog.js';
import type { BoundPhase } from '../../mapping/bind.js';
import { score } from '../../mapping/conversions/score.js';
import type { ComputedColumn, Conversion } from '../../mapping/mapping.js';
import { Assembler, type Fallback } from '../../transform/assemble.js';
import { fieldAt, type Row } from '../../transform/row.js';
import { later } from '../../transform/timestamps.js';
import { EXTRA } from './keys.js';
import { GOLDEN, opportunitiesMapping } from './mapping.js';
import type { Side, Sides } from './sides.js';
import { OTHERWISE, unifiedStatus } from './statuses.js';
import { titleOf } from './title.js';

/** What is known of an opportunity beside its rows. Times that no row tells are NULL. */
export interface Identity {
  readonly id: string;
  readonly key: string;
  readonly created: string;
  readonly updated: string;
}

/** Writes the computed columns of one opportunity, in the order of the mapping. */
export class GoldenRecord {
  readonly #sides: Sides;
  readonly #assembler: Assembler;
  readonly #scores: readonly { readonly field: number; readonly conversion: Conversion }[];
  readonly #fallback: Fallback;

  constructor(bound: BoundPhase, sides: Sides) {
    this.#sides = sides;
    this.#assembler = new Assembler(
      bound.sources,
      sides.all.map((side) => side.rows),
      GOLDEN.map(columnNamed),
    );
    this.#scores = workflowScores(bound, sides.workflow);
    const fallbacks = GOLDEN.map((name) => this.#fallbackOf(name));
    this.#fallback = (target, rows, out) => fallbacks[target]?.(rows, out);
  }

  /** @param rows the row of each source, in the order of the sources; or null */
  write(out: RowWriter, { id, key, created, updated }: Identity, rows: readonly (Row | null)[]): void {
    out.field(id);
    out.field(key);
    out.field(firstExtra(rows, EXTRA.known) === NULL ? NULL : key);
    this.#assembler.write(rows, this.#fallback, out);
    const since = created === NULL ? firstExtra(rows, EXTRA.submittedAt) : created;
    out.field(since);
    // Also where an odd date says that the row was updated before it, or its submission, was made.
    out.field(later(updated, since));
    const { opportunities, app, workflow } = this.#sides;
    for (const side of [opportunities, app, workflow]) out.byte(rows[side?.index ?? -1] == null ? 0 : 1);
    this.#assembler.writeResidue(out);
  }

  /** Writes what a golden column gets when no source has a value that it can hold. */
  #fallbackOf(target: (typeof GOLDEN)[number]): (rows: readonly (Row | null)[], out: RowWriter) => void {
    const encode = encoderOf(columnNamed(target).ddl);
    switch (target) {
      case 'status':
        return (rows, out) => encode(this.#workflowStatus(rows), out);
      case 'title':
        return (rows, out) => encode(this.#title(rows), out);
      case 'opportunity_score':
        return (rows, out) => encode(this.#workflowScore(rows), out);
      default:
        return (_rows, out) => out.null();
    }
  }

  #workflowScore(rows: readonly (Row | null)[]): string {
    const row = this.#sides.workflow === null ? null : (rows[this.#sides.workflow.index] ?? null);
    for (const { field, conversion } of this.#scores) {
      const value = fieldAt(row, field);
      const converted = value === NULL ? null : conversion.forward(value);
      if (converted !== null) return converted;
    }
    return NULL;
  }

  /** A workflow says how far an opportunity is that nobody else gave a status. */
  #workflowStatus(rows: readonly (Row | null)[]): string {
    const { workflow } = this.#sides;
    const raw = workflow === null ? NULL : fieldAt(rows[workflow.index] ?? null, workflow.status);
    return raw === NULL ? OTHERWISE : unifiedStatus(raw);
  }

  #title(rows: readonly (Row | null)[]): string {
    return titleOf(firstExtra(rows, EXTRA.title), (what) =>
      this.#sides.all.map((side) => fieldAt(rows[side.index] ?? null, side[what])),
    );
  }
}

function columnNamed(target: (typeof GOLDEN)[number]): ComputedColumn {
  const column = opportunitiesMapping.computed.find(({ name }) => name === target);
  if (column === undefined) throw new Error(`${target} is not computed`);
  return column;
}

function firstExtra(rows: readonly (Row | null)[], index: number): string {
  for (const row of rows) {
    const value = fieldAt(row, row === null ? -1 : index);
    if (value !== NULL) return value;
  }
  return NULL;
}

/** Scores that a workflow gave, for an opportunity that nobody else scored. */
function workflowScores(bound: BoundPhase, side: Side | null): { field: number; conversion: Conversion }[] {
  const source = bound.sources[side?.index ?? -1];
  if (side === null || source === undefined) return [];
  const scales = [
    ['final_score', 'percent'],
    ['opportunity_assessment_score', 'unit'],
  ] as const;
  return scales.flatMap(([name, scale]) => {
    const column = columnOf(source.table, name);
    const conversion = column === undefined ? null : score(scale)(column, source.table.shape.name);
    const field = side.rows.indexOf(name);
    return conversion === null || field < 0 ? [] : [{ field, conversion }];
  });
}
