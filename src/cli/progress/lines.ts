import type { Logger } from 'pino';
import { count, counted, duration, percent } from '../../format/format.js';
import type { ProgressEvent } from '../../reports/progress.js';
import type { ProgressDisplay } from './display.js';
import { Pace } from './pace.js';
import { orderText, STEP_TEXT, syncText } from './steps.js';

/** A log file wants to be read afterwards: a line for every step, and for batches one every two seconds. */
const INTERVAL_MS = 2000;

type BatchEvent = Extract<ProgressEvent, { type: 'batch' }>;
type SyncEvent = Extract<ProgressEvent, { type: 'sync' }>;

/** Progress as log lines: for a pipe, a file, a CI job, and for `--verbose`, which adds a debug line per batch. */
export function lineDisplay(log: Logger, now: () => number = () => performance.now()): ProgressDisplay {
  let pace = new Pace(now);
  let lastLine = now();
  const batch = (event: BatchEvent): void => {
    pace.update(event);
    const { type: _, ...fields } = event;
    const finished = event.doneBatches === event.totalBatches;
    if (!finished && now() - lastLine < INTERVAL_MS) {
      log.debug(fields, `${event.phase}: batch ${event.batch}`);
      return;
    }
    lastLine = now();
    log.info(fields, `${event.phase}: ${batchText(event, pace)}`);
  };
  const sync = (event: SyncEvent): void => {
    const { type: _, ...fields } = event;
    const level = event.backlog > 0 && now() - lastLine < INTERVAL_MS ? 'debug' : 'info';
    if (level === 'info') lastLine = now();
    log[level](fields, `${event.phase}: ${syncText(event)}`);
  };
  return {
    show(event) {
      if (event.type === 'batch') batch(event);
      else if (event.type === 'sync') sync(event);
      else if (event.type === 'notice') log[event.level](event.message);
      else if (event.type === 'order') {
        if (event.order === 'paused') pace.hold();
        if (event.order === 'resumed') pace.goOn();
        if (event.order === 'throttled') pace = new Pace(now);
        const { type: _, ...fields } = event;
        log.info(fields, `${event.phase}: ${orderText(event)}`);
      } else if (event.type === 'phase') {
        const { type: _, ...fields } = event;
        log.info(
          fields,
          `${event.phase}: up to ${counted(event.rows, 'row')} in ${counted(event.batches, 'batch', 'batches')}`,
        );
      } else {
        pace = new Pace(now);
        const { type: _, ...fields } = event;
        log.info(
          fields,
          `${event.phase}: ${STEP_TEXT[event.step]}${event.detail ? ` (${event.detail})` : ''}`,
        );
      }
    },
    stop: () => undefined,
  };
}

function batchText(event: BatchEvent, pace: Pace): string {
  const left = pace.secondsLeft;
  return [
    `${percent(event.doneRows, event.totalRows)}, ${count(event.doneRows)} of ${count(event.totalRows)} rows`,
    `${count(event.doneBatches)} of ${counted(event.totalBatches, 'batch', 'batches')}`,
    ...(pace.rate > 0 ? [`${count(Math.round(pace.rate))} rows/s`] : []),
    ...(left !== null && left > 0 ? [`${duration(left)} left`] : []),
  ].join(', ');
}
