import type { PhaseState } from '../../reports/phase-state.js';
import type { Style } from '../style.js';

const STATE_TEXT = {
  new: 'not started',
  loading: 'batches are left',
  loaded: 'loaded, not verified',
  verified: 'verified',
  different: 'differences found',
  'in-sync': 'in sync',
  'cut-over': 'cut over',
  completed: 'completed',
} as const satisfies Readonly<Record<PhaseState, string>>;

const GOOD: ReadonlySet<PhaseState> = new Set(['verified', 'in-sync', 'cut-over', 'completed']);

/** What a phase's state means, coloured by how good it is. */
export function stateText(state: PhaseState, style: Style): string {
  const { colors } = style;
  const text = STATE_TEXT[state];
  if (GOOD.has(state)) return colors.green(`${text} ✔`);
  if (state === 'different') return colors.red(`${text} ✖`);
  return state === 'new' ? colors.dim(text) : colors.yellow(text);
}
