import { setTimeout as sleep } from 'node:timers/promises';
import { secondsSince } from '../context/stoppable.js';
import { isConnectionLost } from '../db/sqlstate.js';
import { DrydockError } from '../errors.js';
import { requireOptions } from '../reports/options.js';
import type { RefreshEveryOptions, RefreshReport, RefreshSeriesReport } from '../reports/refresh.js';
import { refresh } from './refresh.js';

/** Another command is at work, or the server is away: looked again after this long at the latest. */
const PATIENCE_SECONDS = 60;

/**
 * Refreshes now, and again and again, until the signal comes. Between two rounds it holds nothing: no connection, no
 * lock. What a later round meets that passes by itself is waited for; the first round's errors are thrown.
 */
export async function refreshEvery(options: RefreshEveryOptions): Promise<RefreshSeriesReport> {
  requireOptions('refreshEvery', options);
  const start = performance.now();
  const { everySeconds, onRound, ...each } = options;
  const { signal } = each;
  let last: RefreshReport | undefined;
  let [rounds, putOff, refreshed] = [0, 0, 0];
  for (;;) {
    let wait = everySeconds;
    try {
      last = await refresh(each);
      rounds += 1;
      refreshed += last.views.filter((view) => view.refreshed).length;
      onRound?.(last);
    } catch (error) {
      if (signal?.aborted === true && last !== undefined) break;
      if (last === undefined || !passesByItself(error)) throw error;
      putOff += 1;
      wait = Math.min(everySeconds, PATIENCE_SECONDS);
      options.onProgress?.({ type: 'notice', level: 'warn', message: `Put off: ${error.message}` });
    }
    await sleep(wait * 1000, undefined, { signal }).catch(() => undefined);
    if (signal?.aborted === true) break;
  }
  const { database, schema } = last;
  return { database, schema, rounds, putOff, refreshed, seconds: secondsSince(start) };
}

function passesByItself(error: unknown): error is Error {
  if (error instanceof DrydockError) {
    return error.retry;
  }
  return error instanceof Error && isConnectionLost(error);
}
