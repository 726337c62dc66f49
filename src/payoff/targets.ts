import { type BenchQuery, type BenchStorage, type BenchTarget, MOST_ON_VIEWS } from '../reports/bench.js';
import type { Group } from './question.js';

/** What the restructuring was to bring, at 500,000 submissions; each measured by the question that gains least. */
export function targetsOf(queries: readonly BenchQuery[], storage: BenchStorage | null): BenchTarget[] {
  const ratios = (group: Group) =>
    queries.filter((query) => query.group === group).flatMap((query) => query.speedup ?? []);
  const least = (group: Group) => (ratios(group).length === 0 ? null : Math.min(...ratios(group)));
  const lessTime = (name: string, group: Group, percent: number) => {
    const speedup = least(group);
    return target(
      name,
      `at least ${percent} % less time`,
      speedup && 100 * (1 - 1 / speedup),
      percent,
      lessPercent,
    );
  };
  return [
    lessTime('complex join', 'complex-join', 80),
    lessTime('discovery', 'discovery', 60),
    target('reporting', 'at least 10 times as fast', least('reporting'), 10, times),
    target('processor time', 'at least 60 % less', processorSaved(queries), 60, lessPercent),
    target('storage', 'at least 40 % less', storage?.savedPercent ?? null, 40, lessPercent),
    slowestView(least('legacy-views')),
  ];
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
    if (query.group === 'legacy-views' || query.legacy?.cpu == null || query.unified?.cpu == null) continue;
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
