import type { BatchMap, MonitorReport } from '../../reports/monitor.js';
import type { Point } from '../web/history.js';
import { announce } from './announce.js';
import { LineChart } from './chart.js';
import { byId, setText } from './dom.js';
import { answerQuestions } from './explain.js';
import { drawAlerts, drawQueries, drawServer, drawTables, drawUnknown } from './panels.js';
import { PhasesView } from './phases.js';
import { clock, count, duration, visible } from './words.js';

/** Time until a connection that the server ended is tried again. */
const AGAIN_MS = 3000;
const MOST_POINTS = 720;

const phases = new PhasesView();
const throughput = new LineChart('Rows per second', count);
const lag = new LineChart('Lag of captured changes', duration);
byId('charts').append(throughput.element, lag.element);

let points: Point[] = [];
let latest: MonitorReport | null = null;
let receivedAt = 0;
let connected = false;

function listen(): void {
  const source = new EventSource('/events');
  const on = <T>(name: string, take: (data: T) => void): void => {
    source.addEventListener(name, (event) => take(JSON.parse((event as MessageEvent<string>).data) as T));
  };
  on<readonly BatchMap[]>('maps', (maps) => phases.maps(maps));
  on<Point[]>('history', (history) => {
    points = history;
    drawCharts();
  });
  on<{ report: MonitorReport; point: Point | null }>('check', ({ report, point }) => {
    if (point !== null) points = [...points, point].slice(-MOST_POINTS);
    receivedAt = performance.now();
    draw(report);
  });
  source.addEventListener('open', () => {
    connected = true;
    tick();
  });
  source.addEventListener('error', () => {
    connected = false;
    tick();
    // The browser tries again by itself, unless the server refused: then the page may have to log in again.
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => void again(), AGAIN_MS);
  });
}

async function again(): Promise<void> {
  const status = await fetch('/', { method: 'HEAD' }).then(
    (answer) => answer.status,
    () => 0,
  );
  if (status === 401) location.reload();
  else listen();
}

function draw(report: MonitorReport): void {
  const before = latest;
  latest = report;
  announce(report, before);
  phases.update(report);
  drawCharts();
  drawAlerts(report);
  drawServer(report);
  const { sample, alerts } = report;
  if (sample !== null) {
    const { database, schema, server } = sample;
    setText(byId('target'), `${visible(database)}, schema ${visible(schema)}, PostgreSQL ${visible(server)}`);
    drawTables(sample);
    drawQueries(sample, points);
    drawUnknown(sample);
  }
  document.title = `${titleOf(report, alerts.length)}Drydock monitor`;
  tick();
}

function drawCharts(): void {
  throughput.update(points.map(({ at, rowsPerSecond }) => ({ at, value: rowsPerSecond })));
  lag.update(points.map(({ at, lagSeconds }) => ({ at, value: lagSeconds })));
  lag.element.hidden = points.every(({ lagSeconds }) => lagSeconds === null);
}

function titleOf({ sample }: MonitorReport, alerts: number): string {
  if (alerts > 0) return `✖ ${alerts} · `;
  const all = sample?.progress?.phases ?? [];
  const total = all.reduce((sum, { batches }) => sum + batches.total, 0);
  const done = all.reduce((sum, { batches }) => sum + batches.done, 0);
  return total === 0 ? '' : `${Math.floor((100 * done) / total)} % · `;
}

/** How the page stands to the monitor, and the monitor to the database. */
function tick(): void {
  const pill = byId('connection');
  const [text, tone] = connectionText();
  setText(byId('connection-text'), text);
  pill.dataset.tone = tone;
}

function connectionText(): readonly [text: string, tone: string] {
  if (!connected) return latest === null ? ['connecting', 'idle'] : ['✖ monitor lost, trying again', 'bad'];
  if (latest === null) return ['connected', 'idle'];
  if (latest.sample === null) return ['✖ database not reached', 'bad'];
  const age = Math.round((performance.now() - receivedAt) / 1000);
  return [`● live · ${clock(latest.at)} UTC${age > 9 ? `, ${age} s ago` : ''}`, 'good'];
}

answerQuestions();
setInterval(tick, 1000);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => phases.redraw());
listen();
