import type { Goal } from '../../project/questions.js';

/** What the restructuring was to bring, at 500,000 submissions. */
export const GOALS: readonly Goal[] = [
  { name: 'complex join', of: { group: 'complex-join' }, atLeast: { percentLess: 80 } },
  { name: 'discovery', of: { group: 'discovery' }, atLeast: { percentLess: 60 } },
  { name: 'reporting', of: { group: 'reporting' }, atLeast: { times: 10 } },
  { name: 'processor time', of: 'processor', atLeast: { percentLess: 60 } },
  { name: 'storage', of: 'storage', atLeast: { percentLess: 40 } },
];
