import { Desk, type Draft, type Tools } from './desk.js';
import { insertRow, insertSubmission } from './inserts.js';
import { Memory } from './memory.js';
import { deleteChange, moveChange, renameChange, updateChange, upsertChange } from './row-changes.js';
import { directChange, mergeChange, transferChange } from './wide-changes.js';

const MOST_ROWS = 400;
const MOST_SUBMISSIONS = 120;

/** Changes rows as applications do, each with its entry in the journal; all through the old names, but for the direct ones. */
export class Hand {
  readonly #desk: Desk;

  constructor(tools: Tools) {
    this.#desk = new Desk(tools, new Memory());
  }

  /** The last statement that changed rows, for messages. */
  get doing(): string {
    return this.#desk.doing;
  }

  /** One change of some kind. */
  async change(draft: Draft): Promise<void> {
    const desk = this.#desk;
    const { random } = desk.tools;
    const { submissions, rows } = desk.memory;
    desk.number += 1;
    const few = submissions.length < MOST_SUBMISSIONS;
    if (submissions.length < 5 || (few && random.chance(0.08))) return insertSubmission(desk, draft);
    if (rows.length < 20 || (rows.length < MOST_ROWS && random.chance(0.35))) return insertRow(desk, draft);
    const kind = random.unit();
    if (kind < 0.35) return updateChange(desk, draft);
    if (kind < 0.5) return upsertChange(desk, draft);
    if (kind < 0.62) return moveChange(desk, draft);
    if (kind < 0.66) return renameChange(desk, draft);
    if (kind < 0.8) return deleteChange(desk, draft);
    if (kind < 0.86) return mergeChange(desk, draft);
    if (kind < 0.93) return transferChange(desk, draft);
    return directChange(desk, draft);
  }
}
