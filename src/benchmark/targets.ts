import type { Goal } from '../project/questions.js';
import { ON_VIEWS } from '../project/questions.js';
import { type BenchQuery, type BenchStorage, type BenchTarget, MOST_ON_VIEWS } from '../reports/bench.js';

/** What was measured of each goal, by the question that gains least; and what the old names cost. */
export function targetsOf(
  goals: readonly Goal[],
  queries: readonly BenchQuery[],
  storage: BenchStorage | null,
): BenchTarget[] {
  return [
    ...goals.map((goal) => targetOf(goal, queries, storage)),
    slowestView(leastSpeedup(queries, ON_VIEWS)),
  ];
}

function targetOf(
  { name, of, atLeast }: Goal,
  queries: readonly BenchQuery[],
  storage: BenchStorage | null,
): BenchTarget {
  const speedup = typeof of === 'string' ? null : leastSpeedup(queries, of.group);
  if ('times' in atLeast) {
    const { times: least } = atLeast;
    return target(name, `at least ${least} times as fast`, speedup, least, times);
  }
  const { percentLess } = atLeast;
  const saved =
    of === 'processor'
      ? processorSaved(queries)
      : of === 'storage'
        ? (storage?.savedPercent ?? null)
        : speedup && 100 * (1 - 1 / speedup);
  const goal = `at least ${percentLess} % less${typeof of === 'string' ? '' : ' time'}`;
  return target(name, goal, saved, percentLess, lessPercent);
}

function leastSpeedup(queries: readonly BenchQuery[], group: string): number | null {
  const ratios = queries.filter((query) => query.group === group).flatMap(({ speedup }) => speedup ?? []);
  return ratios.length === 0 ? null : Math.min(...ratios);
}

function target(
  name: string,
  goal: string,
  value: number | null,
  atLeast: number,
  words: (value: number) => string,
): BenchTarget {
  if (value === null) return { name, goal, measured: null, met: null };
  return { name, goal, measured: words(value), met: value >= atLeast };
}

function slowestView(speedup: number | null): BenchTarget {
  const [name, goal] = ['legacy views', `at most ${MOST_ON_VIEWS} times the time`];
  if (speedup === null) return { name, goal, measured: null, met: null };
  return { name, goal, measured: times(1 / speedup), met: 1 / speedup <= MOST_ON_VIEWS };
}

/** Of one run of every question but those to the legacy views. */
function processorSaved(queries: readonly BenchQuery[]): number | null {
  let [legacy, unified] = [0, 0];
  for (const query of queries) {
    if (query.group === ON_VIEWS || query.legacy?.cpu == null || query.unified?.cpu == null) continue;
    legacy += query.legacy.cpu;
    unified += query.unified.cpu;
  }
  return legacy === 0 ? null : 100 * (1 - unified / legacy);
}

function lessPercent(value: number): string {
  return value >= 0 ? `${value.toFixed(1)} % less` : `${(-value).toFixed(1)} % more`;
}

function times(value: number): string {
  return `${value >= 100 ? Math.round(value) : value.toFixed(value < 10 ? 2 : 1)} times`;
}
