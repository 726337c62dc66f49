import { NULL } from '../../copy-binary/values.js';
import { uuidText, uuidV5Bytes } from '../../keys/uuid.js';
import type { Group, Merger } from '../../mapping/merger.js';
import { Contest } from '../../transform/dedupe.js';
import { fingerprint } from '../../transform/fingerprint.js';
import type { RowBuilder } from '../../transform/output.js';
import { fieldAt, MOST_KEPT, type Row, type RowSet } from '../../transform/row.js';
import { earlier, later } from '../../transform/timestamps.js';
import type { GoldenRecord } from './golden.js';
import { type Entry, type Idea, Ideas } from './ideas.js';
import { EXTRA } from './keys.js';
import type { Side, Sides } from './sides.js';

/**
 * Unifies the rows of one submission. Rows of `opportunities` with the same idea are folded into one, different
 * ideas stay different; `app_opportunities` and `workflow_results` rows attach to the idea that they belong to.
 *
 * Two passes over the rows: the first finds the winners and keeps nothing but their standings, the second writes.
 * So a hundred thousand rows of one submission need no more memory than their ideas.
 */
export function severalRowsMerger(sides: Sides, golden: GoldenRecord, builder: RowBuilder): Merger {
  const { opportunities, app, workflow } = sides;

  return {
    merge(group, output) {
      const opportunityRows = rowsOf(group, opportunities);
      const appRows = rowsOf(group, app);
      const workflowRows = rowsOf(group, workflow);
      const ideas = new Ideas();
      const pointers = workflow?.named === true && workflowRows.count > 0;
      if (opportunities !== null) findIdeas(opportunities, opportunityRows, ideas, pointers);
      if (app !== null) attach(app, appRows, ideas, 'app');
      if (workflow?.named === true) attachNamed(workflow, workflowRows, ideas);
      else if (workflow !== null) attach(workflow, workflowRows, ideas, 'workflow');

      const idOf = (idea: Idea) => idea.contest?.best.identity ?? uuidV5Bytes(uuidText(group.key));
      const emit = (idea: Idea, row: Row | null) => {
        const rows: (Row | null)[] = sides.all.map(() => null);
        const put = (side: Side | null, winner: Row | null) => {
          if (side !== null) rows[side.index] = winner;
        };
        put(opportunities, row);
        put(app, idea.app?.best.row ?? null);
        put(workflow, idea.workflow?.best.row ?? null);
        const identity = { id: idOf(idea), key: group.key, ...timesOf(idea) };
        golden.write(builder.begin(), identity, rows);
        output.unified(builder.finish(rows));
      };
      /** Books a row as the winner of its contest (true) or as folded. */
      const settle = (side: Side, row: Row, idea: Idea, contest: Pick<Contest, 'claim'> | null): boolean => {
        const won = contest?.claim(side.standing.identity(row)) === true;
        output.book(side.index, won ? 'primary' : 'folded');
        if (!won) output.folded(builder.folded(side.index, idOf(idea), group.key, row));
        return won;
      };

      if (opportunityRows.count === 0) emit(ideas.earliest, null);
      for (const row of opportunityRows) {
        if (opportunities === null) break;
        const idea = ideas.remembered(row) ?? ideas.of(ideaKey(opportunities, opportunityRows, row));
        if (settle(opportunities, row, idea, idea.contest)) emit(idea, row);
      }
      for (const row of appRows) {
        if (app === null || ideas.appIdea === null) break;
        settle(app, row, ideas.appIdea, ideas.appIdea.app);
      }
      for (const row of workflowRows) {
        if (workflow === null) break;
        const idea = ideas.workflowIdea ?? ideas.pointedAt(fieldAt(row, EXTRA.namedOpportunity));
        settle(workflow, row, idea, idea.workflow);
      }
    },
  };
}

/** The earliest and the latest time of all rows of an idea. */
function timesOf(idea: Idea): { readonly created: string; readonly updated: string } {
  let [created, updated] = [NULL, NULL];
  for (const contest of [idea.contest, idea.app, idea.workflow]) {
    created = earlier(created, contest?.created ?? NULL);
    updated = later(updated, contest?.updated ?? NULL);
  }
  return { created, updated };
}

const NO_ROWS: RowSet = { count: 0, [Symbol.iterator]: () => [][Symbol.iterator]() };

function rowsOf(group: Group, side: Side | null): RowSet {
  const rows = side === null ? undefined : group.rows[side.index];
  return side === null || rows === undefined || rows.count === 0 ? NO_ROWS : side.rows.readAll(rows);
}

/** Only where a submission has several rows there is something to tell apart. */
function ideaKey(side: Side, rows: RowSet, row: Row): string {
  return rows.count === 1 ? '' : fingerprint([nameOf(side, row), fieldAt(row, side.problem)]);
}

function nameOf(side: Side, row: Row): string {
  const title = fieldAt(row, side.title);
  return title === NULL ? fieldAt(row, side.appName) : title;
}

/** @param pointers whether rows of another table name these by their ids */
function findIdeas(side: Side, rows: RowSet, ideas: Ideas, pointers: boolean): void {
  const several = rows.count > 1;
  for (const row of rows) {
    const key = ideaKey(side, rows, row);
    const standing = side.standing.read(row, several);
    const idea = ideas.enter(key, several ? nameOf(side, row) : NULL, standing);
    if (several && rows.count <= MOST_KEPT) ideas.remember(row, idea);
    if (several && pointers) ideas.point(standing.identity, key);
  }
}

function entryOf(side: Side, row: Row, ranked: boolean): Entry {
  // Field by field: a spread costs several times as much, for every row.
  const { created, updated, values, identity } = side.standing.read(row, ranked);
  return { created, updated, values, identity, row };
}

/** All rows of one submission are one opportunity; it is the idea with the same name. */
function attach(side: Side, rows: RowSet, ideas: Ideas, table: 'app' | 'workflow'): void {
  let contest: Contest<Entry> | null = null;
  for (const row of rows) {
    const entry = entryOf(side, row, rows.count > 1);
    if (contest === null) contest = new Contest(entry);
    else contest.enter(entry);
  }
  if (contest === null) return;
  const idea = ideas.named(nameOf(side, contest.best.row));
  idea[table] = contest;
  ideas[`${table}Idea`] = idea;
}

/** Rows that name their opportunity: each idea has its own winner. */
function attachNamed(side: Side, rows: RowSet, ideas: Ideas): void {
  for (const row of rows) {
    const entry = entryOf(side, row, rows.count > 1);
    const idea = ideas.pointedAt(fieldAt(row, EXTRA.namedOpportunity));
    if (idea.workflow === null) idea.workflow = new Contest(entry);
    else idea.workflow.enter(entry);
  }
}
