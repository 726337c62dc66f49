import { expect, test } from 'vitest';
import { Cleanup, withCleanup } from '../../src/db/cleanup.js';

const later = (work: () => void) => () =>
  new Promise<void>((resolve, reject) => {
    setTimeout(() => {
      try {
        work();
        resolve();
      } catch (error) {
        reject(error);
      }
    }, 5);
  });
const fail = (message: string) =>
  later(() => {
    throw new Error(message);
  });

test('what was acquired last is undone first, and each undo is awaited', async () => {
  const done: string[] = [];
  const result = await withCleanup(async (cleanup) => {
    cleanup.add(later(() => void done.push('first')));
    cleanup.add(() => void done.push('second'));
    cleanup.add(later(() => void done.push('third')));
    return 'result';
  });
  expect(result).toBe('result');
  expect(done).toEqual(['third', 'second', 'first']);
});

test('an undo that fails stops no other, and its error is told', async () => {
  const done: string[] = [];
  const cleanup = new Cleanup();
  cleanup.add(() => void done.push('first'));
  cleanup.add(fail('no'));
  await expect(cleanup.unwind()).rejects.toThrow('no');
  expect(done).toEqual(['first']);
  // Unwound is unwound.
  await cleanup.unwind();
  expect(done).toEqual(['first']);
});

test('several errors of undoing are all kept, in the order in which they happened', async () => {
  const cleanup = new Cleanup();
  cleanup.add(fail('one'));
  cleanup.add(fail('two'));
  const error = await cleanup.unwind().catch((reason: unknown) => reason);
  expect((error as AggregateError).errors.map(({ message }) => message)).toEqual(['two', 'one']);
});

test('the error of the work comes first, also when undoing fails too', async () => {
  const failing = (undo: () => Promise<void> | void) =>
    withCleanup(async (cleanup) => {
      cleanup.add(undo);
      throw new Error('the work');
    }).catch((reason: unknown) => reason);
  expect(await failing(() => undefined)).toEqual(new Error('the work'));
  const both = await failing(fail('the undo'));
  expect(both).toBeInstanceOf(AggregateError);
  expect((both as AggregateError).message).toBe('the work');
  expect((both as AggregateError).errors.map(({ message }) => message)).toEqual(['the work', 'the undo']);
});

test('an undo that is added while unwinding is done too', async () => {
  const done: string[] = [];
  const cleanup = new Cleanup();
  cleanup.add(() => cleanup.add(() => void done.push('late')));
  await cleanup.unwind();
  expect(done).toEqual(['late']);
});
