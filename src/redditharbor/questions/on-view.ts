import type { Asked, LeftOut, Question } from '../../project/questions.js';
import type { Forms } from './forms.js';

/** A question whose unified form reads a materialized view, where that is there. */
export function onView(
  { materialized }: Forms,
  name: string,
  named: Omit<LeftOut, 'reason'>,
  build: (view: string) => Pick<Question, 'legacy' | 'unified' | 'parameters' | 'whole'>,
): Asked {
  const view = materialized.get(name);
  if (view === undefined)
    return { ...named, reason: `There is no materialized view ${name}: the phase enhancements makes it.` };
  return { ...named, ...build(view) };
}
