import { MultiBar, type SingleBar } from 'cli-progress';
import { count, duration, percent } from '../../format/format.js';
import { printable } from '../../format/printable.js';
import type { ProgressEvent } from '../../reports/progress.js';
import type { Sink } from '../io.js';
import type { ProgressDisplay } from './display.js';
import { Pace } from './pace.js';
import { orderText, STEP_TEXT, syncText } from './steps.js';
import { SyncPicture } from './sync-picture.js';

/** What one drawing of the bar shows. */
export interface BarState {
  readonly doneRows: number;
  readonly totalRows: number;
  readonly doneBatches: number;
  readonly totalBatches: number;
  readonly rate: number;
  readonly secondsLeft: number | null;
  readonly paused: boolean;
}

const LONGEST_BAR = 30;
const SHORTEST_BAR = 8;

/** Progress on a terminal: a line for each step, and below the one that goes on batch by batch, a bar. */
export function barDisplay(sink: Sink): ProgressDisplay {
  let bars: MultiBar | null = null;
  let bar: SingleBar | null = null;
  let pace = new Pace();
  let state: BarState | null = null;
  const changes = new SyncPicture(sink);
  const stop = (): void => {
    if (state !== null) bar?.update(state.doneRows);
    bars?.stop();
    bars = null;
    bar = null;
    state = null;
    changes.leave();
  };
  const batch = (event: Extract<ProgressEvent, { type: 'batch' }>): void => {
    pace.update(event);
    state = { ...event, rate: pace.rate, secondsLeft: pace.secondsLeft, paused: false };
    if (bar === null) {
      changes.leave();
      bars = new MultiBar({
        stream: sink.stream,
        // The line always fits, so the terminal's own wrapping need not be touched: a kill could not restore it.
        linewrap: true,
        format: () => (state === null ? '' : barText(state, sink.style.width)),
      });
      bar = bars.create(event.totalRows, event.doneRows);
    }
    bar.setTotal(event.totalRows);
    bar.update(event.doneRows);
  };
  const line = (text: string): void => {
    if (bars !== null) bars.log(`${text}\n`);
    else {
      changes.erase();
      sink.lines([text]);
    }
  };
  const sync = (event: Extract<ProgressEvent, { type: 'sync' }>): void => {
    if (bars !== null) line(`  ${sink.style.colors.dim(syncText(event))}`);
    else changes.show(event);
  };
  const order = (event: Extract<ProgressEvent, { type: 'order' }>): void => {
    line(`  ${sink.style.colors.yellow(orderText(event))}`);
    if (event.order === 'paused') pace.hold();
    if (event.order === 'resumed') pace.goOn();
    // What was before the new rate says nothing of the end.
    if (event.order === 'throttled') pace = new Pace();
    else if (state !== null) state = { ...state, paused: event.order === 'paused' };
  };
  return {
    show(event) {
      const { colors } = sink.style;
      if (event.type === 'batch') batch(event);
      else if (event.type === 'order') order(event);
      else if (event.type === 'sync') sync(event);
      else if (event.type === 'notice') {
        line(`  ${event.level === 'warn' ? colors.yellow('! ') : ''}${printable(event.message)}`);
      } else if (event.type === 'step' && !(event.step === 'sync' && changes.stands)) {
        stop();
        pace = new Pace();
        const detail = event.detail ? colors.dim(` (${printable(event.detail)})`) : '';
        line(`${colors.cyan('▸')} ${event.phase}: ${STEP_TEXT[event.step]}${detail}`);
      }
    },
    stop,
  };
}

/**
 * The bar with its numbers, never wider than the terminal: what does not fit is left out, the least telling first.
 * Without colour, since cli-progress cuts by length and would count the codes.
 */
export function barText(state: BarState, width: number): string {
  const { doneRows, totalRows, secondsLeft } = state;
  const parts = [
    percent(doneRows, totalRows).padStart(4),
    `${count(doneRows)}/${count(totalRows)} rows`,
    state.paused ? 'paused' : `${count(Math.round(state.rate))} rows/s`,
    ...(state.paused || secondsLeft === null || doneRows >= totalRows ? [] : [`ETA ${etaText(secondsLeft)}`]),
    `batch ${count(state.doneBatches)}/${count(state.totalBatches)}`,
  ];
  let shown = parts.length;
  const text = (): string => parts.slice(0, shown).join('  ');
  const room = (): number => width - 1 - '   '.length - text().length;
  while (room() < SHORTEST_BAR && shown > 1) shown -= 1;
  const size = Math.min(LONGEST_BAR, Math.max(room(), SHORTEST_BAR));
  const full = totalRows === 0 ? size : Math.min(size, Math.floor((doneRows / totalRows) * size));
  return `  ${'█'.repeat(full)}${'░'.repeat(size - full)} ${text()}`;
}

/** In whole seconds: tenths would only flicker. */
function etaText(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : duration(whole);
}
