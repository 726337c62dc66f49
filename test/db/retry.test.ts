import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';

const waits: number[] = [];
let withRetry: typeof import('../../src/db/retry.js').withRetry;

// Other test files of this process have loaded the true clock, and are to get it again.
beforeAll(async () => {
  vi.resetModules();
  vi.doMock('node:timers/promises', () => ({
    setTimeout: async (ms: number, _value: undefined, { signal }: { signal?: AbortSignal }) => {
      waits.push(ms);
      signal?.throwIfAborted();
    },
  }));
  ({ withRetry } = await import('../../src/db/retry.js'));
});
afterAll(() => {
  vi.doUnmock('node:timers/promises');
  vi.resetModules();
});
beforeEach(() => void waits.splice(0));

const postgres = (code: string) => Object.assign(new Error(code), { code });

/** Work that fails with these errors, one after the other, and then succeeds. */
function failing(...errors: readonly Error[]) {
  const attempts: number[] = [];
  const work = async (attempt: number) => {
    attempts.push(attempt);
    const error = errors[attempt - 1];
    if (error !== undefined) throw error;
    return 'done';
  };
  return { attempts, work };
}

test('what deserves it is given again, with the number of the attempt', async () => {
  const { attempts, work } = failing(postgres('55P03'), postgres('40P01'), postgres('40001'));
  expect(await withRetry(work)).toBe('done');
  expect(attempts).toEqual([1, 2, 3, 4]);
});

test('waits grow up to five seconds, with jitter, and the eighth error is the last', async () => {
  const { attempts, work } = failing(...Array.from({ length: 20 }, () => postgres('55P03')));
  await expect(withRetry(work)).rejects.toThrow('55P03');
  expect(attempts).toHaveLength(8);
  [100, 200, 400, 800, 1600, 3200, 5000].forEach((longest, index) => {
    expect(waits[index]).toBeGreaterThanOrEqual(longest / 2);
    expect(waits[index]).toBeLessThanOrEqual(longest);
  });
  expect(new Set(waits).size).toBe(7);
});

test.each(['23505', '42P01', '08006'])('%s is told at once', async (code) => {
  const { attempts, work } = failing(postgres(code));
  await expect(withRetry(work)).rejects.toThrow(code);
  expect(attempts).toEqual([1]);
});

test('the caller may say what deserves it', async () => {
  const { work } = failing(new Error('odd'));
  expect(await withRetry(work, { retryable: (error) => (error as Error).message === 'odd' })).toBe('done');
});

test('who was told to stop does not try again', async () => {
  const controller = new AbortController();
  controller.abort();
  const { attempts, work } = failing(postgres('57014'));
  await expect(withRetry(work, { signal: controller.signal })).rejects.toThrow('57014');
  expect(attempts).toEqual([1]);
});
