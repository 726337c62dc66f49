import type { Asked } from '../../project/questions.js';
import { complexJoin } from './complex.js';
import { discovery } from './discovery.js';
import type { Forms } from './forms.js';
import { legacyViews } from './legacy-views.js';
import { reporting } from './reporting.js';

/** Every question of the benchmark, built for the tables as they are found. */
export function allQuestions(forms: Forms): Asked[] {
  return [...complexJoin(forms), ...discovery(forms), ...reporting(forms), ...legacyViews(forms)];
}
