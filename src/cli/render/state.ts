import type { PhaseState } from '../../reports.js';
import type { Style } from '../style.js';

const STATE_TEXT = {
  new: 'not started',
  loading: 'batches are left',
  loaded: 'loaded, not verified',
  verified: 'verified',
  different: 'differences found',
} as const satisfies Readonly<Record<PhaseState, string>>;

/** What a phase's state means, coloured by how good it is. */
export function stateText(state: PhaseState, style: Style): string {
  const { colors } = style;
  const text = STATE_TEXT[state];
  if (state === 'verified') return colors.green(`${text} ✔`);
  if (state === 'different') return colors.red(`${text} ✖`);
  return state === 'new' ? colors.dim(text) : colors.yellow(text);
}
