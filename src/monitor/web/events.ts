import type { ServerResponse } from 'node:http';
import type { BatchMap, MonitorReport } from '../../reports/monitor.js';
import { type Point, pointOf } from './history.js';

/** Points that the charts may show: an hour at the default interval. */
const MOST_POINTS = 720;

/** Pages that may listen at the same time. */
const MOST_LISTENERS = 64;

/** A page that takes in less than this is gone, or too slow. */
const MOST_WAITING_BYTES = 4 << 20;

/** Proxies cut connections on which nothing comes. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Sends each check to every page that listens, as server-sent events. The state of all batches is sent to a page when
 * it comes and when something changed, and not with every check.
 */
export class Events {
  readonly #listeners = new Set<ServerResponse>();
  readonly #points: Point[] = [];
  #latest: MonitorReport | null = null;
  #maps = '[]';
  readonly #keepAlive = setInterval(() => this.#toAll(': still here\n\n'), KEEP_ALIVE_MS).unref();

  get latest(): MonitorReport | null {
    return this.#latest;
  }

  publish(report: MonitorReport): void {
    const { maps, slim } = withoutMaps(report);
    this.#latest = slim;
    const point = pointOf(report);
    this.#points.push(point);
    if (this.#points.length > MOST_POINTS) this.#points.shift();
    const json = JSON.stringify(maps);
    // An unreachable database says nothing of its batches: those that were known stay.
    if (report.sample?.progress != null && json !== this.#maps) {
      this.#maps = json;
      this.#toAll(eventText('maps', json));
    }
    this.#toAll(eventText('check', JSON.stringify({ report: slim, point })));
  }

  /** False: there are too many already. */
  listen(response: ServerResponse): boolean {
    if (this.#listeners.size >= MOST_LISTENERS) return false;
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
    response.write('retry: 2000\n\n');
    response.write(eventText('maps', this.#maps));
    response.write(eventText('history', JSON.stringify(this.#points)));
    if (this.#latest !== null)
      response.write(eventText('check', JSON.stringify({ report: this.#latest, point: null })));
    return true;
  }

  close(): void {
    clearInterval(this.#keepAlive);
    for (const listener of this.#listeners) listener.end();
  }

  #toAll(text: string): void {
    for (const listener of this.#listeners) {
      if (listener.writableLength > MOST_WAITING_BYTES) listener.destroy();
      else listener.write(text);
    }
  }
}

/** JSON has no line break outside of its strings, and none unescaped inside: one line is the whole event. */
function eventText(name: string, json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`;
}

function withoutMaps(report: MonitorReport): { maps: readonly BatchMap[]; slim: MonitorReport } {
  const { sample } = report;
  if (sample?.progress == null) return { maps: [], slim: report };
  const progress = { ...sample.progress, maps: [] };
  return { maps: sample.progress.maps, slim: { ...report, sample: { ...sample, progress } } };
}
