import type { Stop } from '../errors/stop.js';
import type { Matching, Phase } from '../mapping/phase.js';
import type { MatchedRow, MatchPlan } from '../reports/plan.js';
import { disagreements } from './disagreements.js';
import type { KeySurvey, SeenRow, SentRow } from './key-survey.js';

/**
 * A lossless consolidation can still join the wrong rows, and the hashes are equal all the same. So a plan shows by which step
 * how many rows found their key and why the others did not, how large the groups are, the largest of them, some that meet with
 * the step that joined each row, and how often sources disagree.
 */

const MOST_LARGE = 5;
const MOST_EXAMPLES = 20;
const MOST_ROWS = 4;

export function matchPlan(phase: Phase, survey: KeySurvey, folding: MatchPlan['folding']): MatchPlan | null {
  const { matching } = phase;
  if (matching === undefined) return null;
  const row = (one: SeenRow) => matchedRow(phase, matching, one);
  const groups = groupsOf(survey.sent);
  return {
    sampled: survey.oneIn === 1 ? null : { oneIn: survey.oneIn },
    ladders: phase.keyed.map(({ source }, at) => ({
      table: source.rule.table,
      steps: (matching.ladders[at] ?? []).map(({ name }, step) => stepPlan(survey, at, step, name)),
    })),
    groups: survey.classes,
    parted: survey.parted,
    largest: survey.largest.slice(0, MOST_LARGE).map(({ key, rows, shown }) => ({
      key,
      rows,
      examples: shown.map((one) => nameOf(row(one))),
      shown: shown.map(row),
    })),
    examples: exampleGroups(groups).map((rows) => ({
      key: rows[0]?.key ?? '',
      rows: rows.length,
      shown: rows.slice(0, MOST_ROWS).map(row),
    })),
    compared: { keys: groups.length, oneIn: survey.sentOneIn },
    folding,
    disagreements: disagreements(phase, groups),
  };
}

const GAPS = { n: 'null', b: 'blank', x: 'excepted', d: 'dangling' } as const;

function stepPlan(
  { steps }: KeySurvey,
  source: number,
  step: number,
  name: string,
): MatchPlan['ladders'][number]['steps'][number] {
  const without = { null: 0, blank: 0, excepted: 0, dangling: 0 };
  let rows = 0;
  for (const count of steps) {
    if (count.source !== source) continue;
    if (count.step === step) rows += count.rows;
    const gap = GAPS[count.gaps[step] as keyof typeof GAPS];
    if (gap !== undefined) without[gap] += count.rows;
  }
  return { step: name, rows, without };
}

function matchedRow(
  { keyed }: Phase,
  { ladders }: Matching,
  { source, id, step, said }: SeenRow,
): MatchedRow {
  return {
    table: keyed[source]?.source.rule.table ?? '',
    row: id,
    step: step === null ? '' : (ladders[source]?.[step]?.name ?? ''),
    value: said,
  };
}

const nameOf = ({ table, row }: MatchedRow) => `${table} ${row}`;

/** The rows of each key, in the order of the keys. */
function groupsOf(sent: readonly SentRow[]): readonly (readonly SentRow[])[] {
  const groups = new Map<string, SentRow[]>();
  for (const row of sent) {
    const group = groups.get(row.key);
    if (group === undefined) groups.set(row.key, [row]);
    else group.push(row);
  }
  // The last one may have been cut.
  return [...groups.values()].filter((rows) => rows.length > 1);
}

/** Some groups of every kind: of what sources, and by which steps. The rarest kinds are the ones to look at. */
function exampleGroups(groups: readonly (readonly SentRow[])[]): readonly (readonly SentRow[])[] {
  const kinds = new Map<string, (readonly SentRow[])[]>();
  for (const rows of groups) {
    const kind = [...new Set(rows.map(({ source, step }) => `${source}.${step}`))].sort().join();
    kinds.set(kind, [...(kinds.get(kind) ?? []).slice(0, MOST_EXAMPLES), rows]);
  }
  const chosen: (readonly SentRow[])[] = [];
  for (let round = 0; round < MOST_EXAMPLES; round++)
    for (const some of kinds.values()) {
      const next = some[round];
      if (next !== undefined && chosen.length < MOST_EXAMPLES) chosen.push(next);
    }
  return chosen;
}

/** Groups that are too large to be one thing, and were not accepted, for a person to look at. */
export function largeGroups(phase: Phase, survey: KeySurvey): Stop[] {
  const { matching } = phase;
  if (matching === undefined) return [];
  return survey.largest
    .filter(
      ({ key, rows, shown }) =>
        rows > matching.largestGroup &&
        !matching.accepted.includes(key) &&
        !shown.some(({ said }) => said !== null && matching.accepted.includes(said)),
    )
    .slice(0, MOST_LARGE)
    .map(({ key, rows, shown }) => {
      const [first] = shown;
      const said = shown.find((one) => one.said !== null)?.said ?? null;
      const rest = shown.map((one) => nameOf(matchedRow(phase, matching, one))).join('; ');
      const step = first === undefined ? '' : matchedRow(phase, matching, first).step;
      return {
        code: 'large-group',
        message: `${rows} rows share one match key of phase ${phase.name}, more than the ${matching.largestGroup} that may${said === null ? '' : `, by ${step} ${JSON.stringify(said)}`}: among them ${rest}.`,
        next: `Where the value means no identity, except it from its key with .none([...]); where so many rows are one thing, accept it: acceptedGroups: [${JSON.stringify(said ?? key)}].`,
      };
    });
}
