import type { BatchMap, MonitorReport, PhaseProgress } from '../../reports/monitor.js';
import type { PhaseState } from '../../reports/phase-state.js';
import { BatchMapView } from './batch-map.js';
import { byId, h, setText } from './dom.js';
import { count, duration, visible } from './words.js';

const STATES: Readonly<Record<PhaseState, readonly [text: string, tone: string]>> = {
  new: ['not started', 'idle'],
  loading: ['loading', 'busy'],
  loaded: ['loaded, not verified', 'warn'],
  verified: ['✔ verified', 'good'],
  different: ['✖ differences found', 'bad'],
  'in-sync': ['✔ in sync', 'good'],
  'cut-over': ['✔ cut over', 'good'],
  completed: ['✔ completed', 'good'],
};

const VERIFIED: ReadonlySet<PhaseState> = new Set(['verified', 'in-sync', 'cut-over', 'completed']);

/** A card for each phase: state, progress, figures, and the map of its batches. Cards stay, so that focus does. */
export class PhasesView {
  readonly #cards = new Map<string, PhaseCard>();
  #maps: readonly BatchMap[] = [];
  #report: MonitorReport | null = null;

  maps(maps: readonly BatchMap[]): void {
    this.#maps = maps;
    this.#draw();
  }

  update(report: MonitorReport): void {
    this.#report = report;
    this.#draw();
  }

  redraw(): void {
    for (const card of this.#cards.values()) card.redraw();
  }

  #draw(): void {
    const progress = this.#report?.sample?.progress ?? null;
    setText(byId('work'), workText(this.#report));
    if (progress === null) return; // what was known stays
    const box = byId('phases');
    const names = new Set<string>(progress.phases.map(({ phase }) => phase));
    for (const [name, card] of this.#cards) {
      if (names.has(name)) continue;
      card.element.remove();
      this.#cards.delete(name);
    }
    for (const phase of progress.phases) {
      let card = this.#cards.get(phase.phase);
      if (card === undefined) {
        card = new PhaseCard(phase.phase);
        this.#cards.set(phase.phase, card);
        box.append(card.element);
      }
      card.update(
        phase,
        this.#report,
        this.#maps.find((map) => map.phase === phase.phase),
      );
    }
  }
}

class PhaseCard {
  readonly element: HTMLElement;
  readonly #state = h('span', { class: 'pill' });
  readonly #bar: HTMLProgressElement;
  readonly #figures = h('dl', { class: 'figures' });
  readonly #map: BatchMapView;

  constructor(name: string) {
    const id = `phase-${name}`;
    this.#bar = h('progress', { max: '1', 'aria-label': `Batches of ${name} that are loaded` });
    this.#map = new BatchMapView(name);
    this.element = h(
      'article',
      { class: 'card', 'aria-labelledby': id },
      h('div', { class: 'row' }, h('h3', { id }, name), this.#state),
      this.#bar,
      this.#figures,
      this.#map.element,
    );
  }

  update(phase: PhaseProgress, report: MonitorReport | null, map: BatchMap | undefined): void {
    const [text, tone] = STATES[phase.state];
    setText(this.#state, text);
    this.#state.dataset.tone = tone;
    const { done, total } = phase.batches;
    this.#bar.dataset.tone = tone;
    this.#bar.value = total === 0 ? 1 : done / total;
    this.#figures.replaceChildren(...figuresOf(phase, report));
    if (map !== undefined) this.#map.update(map, VERIFIED.has(phase.state));
  }

  redraw(): void {
    this.#map.redraw();
  }
}

function figuresOf(phase: PhaseProgress, report: MonitorReport | null): HTMLElement[] {
  const rates = report?.rates?.phases.find((one) => one.phase === phase.phase);
  const { done, total } = phase.batches;
  const left = total - done;
  const paused = report?.sample?.progress?.running?.paused != null;
  const figures: (readonly [string, string])[] = [
    ['batches', `${count(done)} of ${count(total)}`],
    ['rows read', count(phase.rowsIn)],
    ...(left > 0 && rates?.rowsPerSecond != null
      ? [['rows/s', paused ? 'paused' : count(rates.rowsPerSecond)] as const]
      : []),
    ...(left > 0 && rates?.secondsLeft != null && !paused
      ? [['left', duration(rates.secondsLeft)] as const]
      : []),
    ['folded', count(phase.folded)],
    ['rejected', count(phase.rejected)],
  ];
  return figures.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)));
}

function workText(report: MonitorReport | null): string {
  if (report?.sample == null) return '';
  const { progress, capture, standby } = report.sample;
  if (progress === null) return 'How far the phases are is unknown; see below.';
  const { running, phases } = progress;
  const captured =
    capture === null
      ? ''
      : ` ${count(capture.backlog)} captured changes wait${capture.lagSeconds === null ? '' : `, the oldest for ${duration(capture.lagSeconds)}`}${capture.followed ? '; a sync is connected' : ''}.`;
  if (running === null) {
    const nobody = standby ? 'Who is at work cannot be seen from a standby' : 'Nobody is at work';
    return `${phases.length === 0 ? 'Nothing has been made yet' : nobody}.${captured}`;
  }
  const what = running.command === null ? 'drydock' : `drydock ${running.command}`;
  const paused = running.paused === null ? '' : `, paused by ${visible(running.paused.by)}`;
  const rate = running.maxRate === null ? '' : `, at ${count(running.maxRate)} rows/s at most`;
  return `At work: ${what}, by ${visible(running.by)}${paused}${rate}.${captured}`;
}
