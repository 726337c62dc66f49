import fc from 'fast-check';
import { expect, test } from 'vitest';
import { remembered } from '../../src/copy-binary/memo.js';

test('what is remembered is what the work would give, in whatever order it is asked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('', 'a', 'b', 'c', '__proto__', 'constructor')),
      fc.integer({ min: 1, max: 4 }),
      (fields, most) => {
        const ask = remembered((field) => ({ gave: field }), most);
        for (const field of fields) expect(ask(field)).toEqual({ gave: field });
      },
    ),
  );
});

test('the work is done once for what repeats, and the memory is bounded', () => {
  let done = 0;
  const ask = remembered((field) => {
    done += 1;
    return field;
  }, 10);
  for (let round = 0; round < 3; round += 1) for (let n = 0; n < 5; n += 1) ask(String(n));
  expect(done).toBe(5);
  for (let n = 0; n < 1000; n += 1) ask(`other ${n}`);
  ask('0');
  expect(done).toBe(1006);
});
