import { expect, test } from 'vitest';
import { findingLines } from '../../../src/cli/render/findings.js';
import { PLAIN } from '../../../src/cli/style.js';
import type { CutoverFinding } from '../../../src/reports/cutover.js';

const owner = { verdict: 'carried', code: 'owner', why: 'The view will belong to app.', next: '' } as const;
const lock = { verdict: 'stops', code: 'lock', why: 'It is locked.', next: 'Wait.' } as const;

test('what stops comes first, and what is said of several objects is said once', () => {
  const findings: CutoverFinding[] = [
    { ...owner, object: 'a' },
    { ...lock, object: 'b' },
    { ...owner, object: 'c', why: 'The view will belong to root.' },
    { ...owner, object: 'd' },
    { ...lock, object: 'e', next: 'Wait longer.' },
  ];
  expect(findingLines(findings, PLAIN).filter((line) => line !== '')).toEqual([
    '  Stops (2 findings)',
    '  ✖ b: It is locked.',
    '    → Wait.',
    '  ✖ e: It is locked.',
    '    → Wait longer.',
    '  Carried over (3 findings)',
    '  ✔ a, d: The view will belong to app.',
    '  ✔ c: The view will belong to root.',
  ]);
});
