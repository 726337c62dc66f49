import { join } from 'node:path';
import { expect, test } from 'vitest';
// @ts-expect-error: a script without types
import { reference } from '../../scripts/lib/reference.mjs';
import * as words from '../../src/declare.js';

const root = join(import.meta.dirname, '../..');

test('is the page docs/declare-reference.md; `npx vitest run test/declare/reference.test.ts -u` renews it', async () => {
  const page = (reference as (root: string) => string)(root);
  for (const name of Object.keys(words)) expect(page).toContain(`### \`d.${name}\`\n`);
  await expect(page).toMatchFileSnapshot('../../docs/declare-reference.md');
}, 60_000);
