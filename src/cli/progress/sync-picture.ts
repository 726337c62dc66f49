import type { ProgressEvent } from '../../reports/progress.js';
import type { Sink } from '../io.js';
import { canRedraw, LivePicture } from '../live-picture.js';
import { sparkline } from '../render/sparkline.js';
import { displayWidth } from '../render/text.js';
import { syncText } from './steps.js';

type SyncEvent = Extract<ProgressEvent, { type: 'sync' }>;

/** Figures of the past that are shown as columns. */
const MOST_RATES = 30;

/** What was applied to each phase, in place: a line a phase, for as long as changes are followed. */
export class SyncPicture {
  readonly #sink: Sink;
  readonly #phases = new Map<string, { readonly event: SyncEvent; readonly rates: readonly number[] }>();
  #picture: LivePicture | null = null;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  show(event: SyncEvent): void {
    const rates = [...(this.#phases.get(event.phase)?.rates ?? []), event.changesPerSecond].slice(
      -MOST_RATES,
    );
    this.#phases.set(event.phase, { event, rates });
    const lines = [...this.#phases.values()].map((one) => phaseLine(one.event, one.rates, this.#sink));
    if (!canRedraw(this.#sink)) this.#sink.lines([phaseLine(event, [], this.#sink)]);
    else {
      this.#picture ??= new LivePicture(this.#sink);
      this.#picture.draw(lines);
    }
  }

  /** Whether there is something in it: each round of following begins with a step, which is then no news. */
  get stands(): boolean {
    return this.#phases.size > 0;
  }

  /** Takes it off the screen, for something else to be printed; the next event draws it again, below that. */
  erase(): void {
    this.#picture?.erase();
  }

  /** Leaves it where it stands: what it says is the last word. */
  leave(): void {
    this.#picture = null;
    this.#phases.clear();
  }
}

/** The figures, and as many of the past rates as there is room for. */
function phaseLine(event: SyncEvent, rates: readonly number[], { style, isTTY }: Sink): string {
  const text = `  ${event.phase}: ${syncText(event)}`;
  const room = style.width - displayWidth(text) - 2;
  const columns = isTTY && room > 0 ? sparkline(rates.slice(-room)) : '';
  return `${text}${columns === '' ? '' : `  ${style.colors.cyan(columns)}`}`;
}
