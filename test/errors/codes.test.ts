import { describe, expect, test } from 'vitest';
import { CODES, type CodeRow, EXIT } from '../../src/errors.js';

const HEAD = `# Errors

What goes wrong has a code. It is in the \`error\` of a \`--json\` document and in \`DrydockError.code\` of the library, and stays
the same from version to version: programs compare it, and never a text.

A person reads three sentences: what is wrong, \`State\` (what is written at that moment, and what is not) and \`Next\` (a command
or an action, with names). A document has the same in \`message\`, \`state\` and \`next\`, and in \`retry\` whether the same command
may pass when it is given again although nobody has changed anything. A service may do so after a pause; where it is \`false\`,
somebody has to act first.

The exit status is ${EXIT.failed} unless the table says otherwise. \`plan\` lists what would stop a run with the same codes, and exits ${EXIT.different}.

This page is made from \`src/errors/codes.ts\`; \`npx vitest run test/errors -u\` renews it.
`;

const rows = Object.entries<CodeRow>(CODES);

/** docs/errors.md as the table has it. */
function page(): string {
  const lines = rows.map(
    ([code, { meaning, retry, exit, next }]) =>
      `| \`${code}\` | ${meaning} | ${retry ? 'yes' : 'no'} | ${exit} | ${next} |`,
  );
  return [
    HEAD,
    '| code | what it means | retry | exit | next step |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

describe('The table of error codes', () => {
  test('is the page docs/errors.md; `npx vitest run test/errors -u` renews it', async () => {
    await expect(page()).toMatchFileSnapshot('../../docs/errors.md');
  });

  test('is sorted, and its codes are words in kebab-case', () => {
    const codes = rows.map(([code]) => code);
    expect(codes).toEqual([...codes].sort());
    for (const code of codes) expect(code).toMatch(/^[a-z]+[0-9]*(-[a-z0-9]+)*$/);
  });

  test.each(rows)('says of %s what it means and what to do, in sentences', (_code, { meaning, next }) => {
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(next).toMatch(/[.`]$/);
    expect(`${meaning}${next}`).not.toMatch(/[|\n]/);
  });
});
