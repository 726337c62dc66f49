import { NULL } from '../../copy-text/copy-text.js';
import type { Group } from '../../extract/group.js';
import { uuidV5 } from '../../keys/uuid.js';
import type { BoundPhase } from '../../mapping/bind.js';
import { Contest } from '../../transform/dedupe.js';
import { fingerprint } from '../../transform/fingerprint.js';
import { LineBuilder } from '../../transform/output.js';
import { fieldAt, type Row } from '../../transform/row.js';
import type { Merger } from '../phase.js';
import { GoldenRecord } from './golden.js';
import { type Entry, type Idea, Ideas } from './ideas.js';
import { EXTRA } from './keys.js';
import { readSides, type Side } from './sides.js';

/**
 * Unifies the rows of one submission. Rows of `opportunities` with the same idea are folded into one, different
 * ideas stay different; `app_opportunities` and `workflow_results` rows attach to the idea that they belong to.
 *
 * Two passes over the rows: the first finds the winners and keeps nothing but their standings, the second writes.
 * So a hundred thousand rows of one submission need no more memory than their ideas.
 */
export function opportunitiesMerger(bound: BoundPhase): Merger {
  const sides = readSides(bound);
  const golden = new GoldenRecord(bound, sides);
  const lines = new LineBuilder(bound);
  const { opportunities, app, workflow } = sides;

  return {
    merge(group, output) {
      const ideas = opportunities === null ? new Ideas() : findIdeas(group, opportunities, workflow);
      const appIdea = app === null ? null : attachApp(group, app, ideas);
      if (workflow !== null) attachWorkflow(group, workflow, ideas);

      const idOf = (idea: Idea) => idea.contest?.best.identity ?? uuidV5(group.key);
      const emit = (idea: Idea, row: Row | null) => {
        const rows = golden.rows(idea, row);
        output.unified(lines.unified(golden.compute(group.key, idOf(idea), idea, rows), rows));
      };
      const settle = (
        side: Side,
        row: Row,
        idea: Idea,
        contest: Pick<Contest, 'claim'> | null,
        whenPrimary: () => void = () => undefined,
      ) => {
        if (contest?.claim(side.standing.identity(row)) === true) {
          whenPrimary();
          output.book(side.index, 'primary');
          return;
        }
        output.folded(lines.folded(side.index, idOf(idea), group.key, row));
        output.book(side.index, 'folded');
      };

      if (opportunities === null || count(group, opportunities) === 0) emit(ideas.earliest, null);
      else {
        for (const row of rowsOf(group, opportunities)) {
          const idea = ideas.of(ideaKey(group, opportunities, row));
          settle(opportunities, row, idea, idea.contest, () => emit(idea, row));
        }
      }
      if (app !== null && appIdea !== null)
        for (const row of rowsOf(group, app)) settle(app, row, appIdea, appIdea.app);
      if (workflow !== null) {
        const single = workflow.named ? null : (ideas.workflowIdea ?? null);
        for (const row of rowsOf(group, workflow)) {
          const idea = single ?? ideas.pointedAt(fieldAt(row, EXTRA.namedOpportunity));
          settle(workflow, row, idea, idea.workflow);
        }
      }
    },
  };
}

function count(group: Group, side: Side): number {
  return group.rows[side.index]?.count ?? 0;
}

function* rowsOf(group: Group, side: Side): Generator<Row> {
  for (const line of group.rows[side.index] ?? []) yield side.rows.read(line);
}

/** Only where a submission has several rows there is something to tell apart. */
function ideaKey(group: Group, side: Side, row: Row): string {
  return count(group, side) === 1 ? '' : fingerprint([nameOf(side, row), fieldAt(row, side.problem)]);
}

function nameOf(side: Side, row: Row): string {
  const title = fieldAt(row, side.title);
  return title === NULL ? fieldAt(row, side.appName) : title;
}

function findIdeas(group: Group, side: Side, workflow: Side | null): Ideas {
  const ideas = new Ideas();
  const several = count(group, side) > 1;
  const pointedAt = several && workflow?.named === true && count(group, workflow) > 0;
  for (const row of rowsOf(group, side)) {
    const key = ideaKey(group, side, row);
    const standing = side.standing.read(row, several);
    ideas.enter(key, several ? nameOf(side, row) : NULL, standing);
    if (pointedAt) ideas.point(standing.identity, key);
  }
  return ideas;
}

function contestOf(group: Group, side: Side): Contest<Entry> | null {
  const several = count(group, side) > 1;
  let contest: Contest<Entry> | null = null;
  for (const row of rowsOf(group, side)) {
    const entry = { ...side.standing.read(row, several), row };
    if (contest === null) contest = new Contest(entry);
    else contest.enter(entry);
  }
  return contest;
}

/** All rows of one submission are one opportunity; it is the idea with the same name. */
function attachApp(group: Group, side: Side, ideas: Ideas): Idea | null {
  const contest = contestOf(group, side);
  if (contest === null) return null;
  const idea = ideas.named(nameOf(side, contest.best.row));
  idea.app = contest;
  return idea;
}

/** Likewise; but where rows name their opportunity, each idea has its own. */
function attachWorkflow(group: Group, side: Side, ideas: Ideas): void {
  if (!side.named) {
    const contest = contestOf(group, side);
    if (contest === null) return;
    const idea = ideas.named(nameOf(side, contest.best.row));
    idea.workflow = contest;
    ideas.workflowIdea = idea;
    return;
  }
  const several = count(group, side) > 1;
  for (const row of rowsOf(group, side)) {
    const entry = { ...side.standing.read(row, several), row };
    const idea = ideas.pointedAt(fieldAt(row, EXTRA.namedOpportunity));
    if (idea.workflow === null) idea.workflow = new Contest(entry);
    else idea.workflow.enter(entry);
  }
}
