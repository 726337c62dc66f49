import { findObstacles } from '../capture/obstacles.js';
import { startCapture } from '../capture/start.js';
import type { Context } from '../context/context.js';
import { operator } from '../context/operator.js';
import { readCaptures } from '../ledger/captures.js';
import { enterEvent } from '../ledger/events.js';
import type { Phase } from '../mapping/phase.js';

/** Whether the legacy tables of a phase report their changes, and what is to be said about it. */
export interface CaptureState {
  readonly on: boolean;
  readonly warnings: readonly string[];
}

/**
 * Has the legacy tables of a phase report their changes, committed, before anything is read from them; unless it is
 * not wanted, or not permitted. What reports already goes on.
 */
export async function beginCapture(
  context: Context,
  phase: Phase,
  phaseId: number,
  wanted: boolean,
): Promise<CaptureState> {
  const { session, signal } = context;
  const known = await readCaptures(session, phaseId);
  if (!wanted && known.length === 0) return { on: false, warnings: [] };
  const { missing, blindSpots } = await findObstacles(session, phase);
  if (missing.length > 0 && known.length === 0) {
    return withReportedWarnings(context, { on: false, warnings: [captureIsOff(phase, missing)] });
  }
  context.report({ type: 'step', phase: phase.name, step: 'capture' });
  const { started, reopened } = await startCapture(session, phase, phaseId, signal);
  if (started.length > 0) {
    const event = { phase: phase.name, kind: 'captured', detail: started.join(', ') } as const;
    await enterEvent(session, { ...event, schema: context.schema, operator: operator() });
  }
  const late =
    reopened === 0
      ? []
      : [
          `Phase ${phase.name}: ${reopened} batches were loaded before all legacy tables reported their changes, and are loaded again.`,
        ];
  return withReportedWarnings(context, { on: true, warnings: [...late, ...blindSpots] });
}

/** What a run without capture means. */
function captureIsOff(phase: Pick<Phase, 'name'>, reasons: readonly string[]): string {
  return `Phase ${phase.name}: changes are not captured, so what is written to the legacy tables from now on has to be loaded again with --since or by a new run. ${reasons.join(' ')}`;
}

function withReportedWarnings(context: Context, state: CaptureState): CaptureState {
  for (const message of state.warnings) context.report({ type: 'notice', level: 'warn', message });
  return state;
}
