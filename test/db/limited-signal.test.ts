import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { limitedSignal } from '../../src/db/limited-signal.js';

const LONG = 3_600_000;
const aborted = (signal: AbortSignal) =>
  new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason.name)));

test('it comes with the outer signal, with its reason', async () => {
  const outer = new AbortController();
  const { signal, end } = limitedSignal(outer.signal, LONG);
  const reason = aborted(signal);
  outer.abort();
  expect(await reason).toBe('AbortError');
  end();
});

test('it comes after its time, and the outer signal does not', async () => {
  const outer = new AbortController();
  const { signal, end } = limitedSignal(outer.signal, 1);
  expect(await aborted(signal)).toBe('TimeoutError');
  expect(outer.signal.aborted).toBe(false);
  end();
});

test('what is over leaves nothing on the outer signal, and one that came before is seen', () => {
  const outer = new AbortController();
  for (let i = 0; i < 5; i += 1) limitedSignal(outer.signal, LONG).end();
  expect(getEventListeners(outer.signal, 'abort')).toEqual([]);
  outer.abort();
  const late = limitedSignal(outer.signal, LONG);
  expect(late.signal.aborted).toBe(true);
  late.end();
});
