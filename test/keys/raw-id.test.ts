import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/db/session.js';
import { asUuid, keyOfUnknown, uuidFromText } from '../../src/keys/raw-id.js';
import { bareId } from '../../src/redditharbor/bare-id.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('ids')).url);
});

/** What an expression over the text `v` gives. */
const ask = async (expression: string, v: string | null = null) =>
  (await session.one(`select (${expression})::text as answer from (select $1::text as v offset 0) t`, [v]))
    .answer;

const UUID = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';

describe('bareId', () => {
  test.each([
    ['1ov5v6d', '1ov5v6d'],
    ['t3_1ov5v6d', '1ov5v6d'],
    ['opp_1ov5v6d', '1ov5v6d'],
    ['opp_t3_1ov5v6d', '1ov5v6d'],
    [`opp_${UUID}`, UUID],
    // Once each, in this order: what is left is the id.
    ['t3_opp_1', 'opp_1'],
    ['t3_t3_1', 't3_1'],
    ['opp_opp_1', 'opp_1'],
    ['T3_1', 'T3_1'],
    ['t31', 't31'],
    ['', ''],
    ['t3_', ''],
    ['opp_t3_', ''],
    [' t3_1', ' t3_1'],
    ['t3_%', '%'],
  ])('%s', async (raw, bare) => {
    expect(await ask(bareId('v'), raw)).toBe(bare);
  });

  test('null stays null', async () => expect(await ask(bareId('v'))).toBeNull());
});

describe('uuidFromText', () => {
  test.each([
    [UUID, UUID],
    [UUID.toUpperCase(), UUID],
    ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'],
    // Postgres reads these too; but nobody wrote ids so, and a text that is no plain uuid is another id.
    [`{${UUID}}`, null],
    [UUID.replaceAll('-', ''), null],
    [` ${UUID}`, null],
    [`${UUID}\n`, null],
    ['a0eebc999c0b-4ef8-bb6d-6bb9bd380a11', null],
    ['g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', null],
    [`${UUID.slice(0, 35)}\u0661`, null],
    ['1ov5v6d', null],
    ['', null],
  ])('%s', async (text, uuid) => {
    expect(await ask(uuidFromText('v'), text)).toBe(uuid);
  });

  test('of a uuid it is the uuid itself', async () => {
    expect(await ask(asUuid('v::uuid', 'uuid'), UUID)).toBe(UUID);
    expect(await ask(asUuid('v::varchar', 'varchar'), UUID)).toBe(UUID);
  });
});

test('the key of an unknown id is a name-based uuid, version 8, of its bytes', async () => {
  for (const bare of ['1ov5v6d', '', 'é', '\\', "it's", '\u{1F916}']) {
    const hash = createHash('sha256').update(`drydock:${bare}`).digest('hex').slice(0, 32);
    const digits = `${hash.slice(0, 12)}8${hash.slice(13, 16)}8${hash.slice(17)}`;
    const key = await ask(keyOfUnknown('v'), bare);
    expect(key?.replaceAll('-', '')).toBe(digits);
  }
});
