import { encode, NULL } from '../../copy-binary/values.js';
import { columnOf } from '../../legacy/catalog.js';
import type { BoundPhase } from '../../mapping/bind.js';
import { score } from '../../mapping/conversions/score.js';
import type { Conversion } from '../../mapping/mapping.js';
import { Assembler, firstWords } from '../../transform/assemble.js';
import { fieldAt, type Row } from '../../transform/row.js';
import { earlier, later } from '../../transform/timestamps.js';
import type { Idea } from './ideas.js';
import { EXTRA } from './keys.js';
import { GOLDEN } from './mapping.js';
import type { Side, Sides } from './sides.js';
import { OTHERWISE, unifiedStatus } from './statuses.js';

const TITLE_LENGTH = 80;
const UNTITLED = 'Untitled opportunity';

/** Computes the golden columns of one opportunity, in the order of the mapping's computed columns. */
export class GoldenRecord {
  readonly #sides: Sides;
  readonly #assembler: Assembler;
  readonly #scores: readonly { readonly field: number; readonly conversion: Conversion }[];

  constructor(bound: BoundPhase, sides: Sides) {
    this.#sides = sides;
    this.#assembler = new Assembler(
      bound.sources,
      sides.all.map((side) => side.rows),
      GOLDEN,
    );
    this.#scores = workflowScores(bound, sides.workflow);
  }

  /** The row of each source, in the order of the sources. */
  rows(idea: Idea, row: Row | null): (Row | null)[] {
    const rows: (Row | null)[] = this.#sides.all.map(() => null);
    const put = (side: Side | null, value: Row | null) => {
      if (side !== null) rows[side.index] = value;
    };
    put(this.#sides.opportunities, row);
    put(this.#sides.app, idea.app?.best.row ?? null);
    put(this.#sides.workflow, idea.workflow?.best.row ?? null);
    return rows;
  }

  /** @param rows what `rows` gave */
  compute(key: string, id: string, idea: Idea, rows: readonly (Row | null)[]): string[] {
    const { golden, residue } = this.#assembler.assemble(rows, (target) =>
      this.#fallback(GOLDEN[target] ?? 'title', rows),
    );
    let created = NULL;
    let updated = NULL;
    for (const contest of [idea.contest, idea.app, idea.workflow]) {
      created = earlier(created, contest?.created ?? NULL);
      updated = later(updated, contest?.updated ?? NULL);
    }
    if (created === NULL) created = firstExtra(rows, EXTRA.submittedAt);
    // Also where an odd date says that the row was updated before it, or its submission, was made.
    updated = later(updated, created);
    const { opportunities, app, workflow } = this.#sides;
    const present = [opportunities, app, workflow].map((side) =>
      rows[side?.index ?? -1] == null ? 'f' : 't',
    );
    const submission = firstExtra(rows, EXTRA.known) === NULL ? NULL : key;
    return [id, key, submission, ...golden, created, updated, ...present, residue];
  }

  /** What a golden column gets when no source has a value that it can hold. */
  #fallback(target: (typeof GOLDEN)[number], rows: readonly (Row | null)[]): string {
    if (target === 'status') return this.#workflowStatus(rows);
    if (target === 'title') return this.#title(rows);
    if (target === 'opportunity_score') {
      const row = this.#sides.workflow === null ? null : (rows[this.#sides.workflow.index] ?? null);
      for (const { field, conversion } of this.#scores) {
        const value = fieldAt(row, field);
        const converted = value === NULL ? null : conversion.forward(value);
        if (converted !== null) return converted;
      }
    }
    return NULL;
  }

  /** A workflow says how far an opportunity is that nobody else gave a status. */
  #workflowStatus(rows: readonly (Row | null)[]): string {
    const { workflow } = this.#sides;
    const raw = workflow === null ? NULL : fieldAt(rows[workflow.index] ?? null, workflow.status);
    return raw === NULL ? OTHERWISE : unifiedStatus(raw);
  }

  /** The submission's title, else the app's name, else the first words of the problem. */
  #title(rows: readonly (Row | null)[]): string {
    const submission = firstExtra(rows, EXTRA.title);
    if (submission !== NULL) return submission;
    for (const side of this.#sides.all) {
      const name = fieldAt(rows[side.index] ?? null, side.appName);
      if (name !== NULL) return name;
    }
    for (const side of this.#sides.all) {
      const problem = fieldAt(rows[side.index] ?? null, side.problem);
      const words = problem === NULL ? '' : firstWords(problem, TITLE_LENGTH);
      if (words !== '') return encode(words);
    }
    return UNTITLED;
  }
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
