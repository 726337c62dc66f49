import { beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/db/session.js';
import {
  digits,
  email,
  exact,
  folded,
  integer,
  type Normalizer,
  trimmed,
  uuid,
} from '../../src/mapping/normalizers.js';
import { createTestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';

let session: Session;
beforeAll(async () => {
  session = await openSession((await createTestDatabase('normalizers')).url);
});

async function spelled(by: Normalizer, value: string): Promise<string | null> {
  const { spelled: found } = await session.one(
    `select ${by.sql('v')} as spelled from (select $1::text as v) x`,
    [value],
  );
  return found ?? null;
}

describe('a normalizer spells', () => {
  test.each<[string, Normalizer, string, string | null]>([
    ['a mail without its case and blanks', email, ' Ann@Example.ORG\t', 'ann@example.org'],
    ['no mail of what is none', email, 'n/a', null],
    ['no mail of an at sign alone', email, '@', null],
    ['no mail of nothing', email, '', null],
    ['letters beyond ASCII as they are, in every locale', email, 'ÄRGER@İ.example', 'Ärger@İ.example'],
    ['a text as it is', exact, ' A ', ' A '],
    ['an empty text as a value', exact, '', ''],
    ['a text without blanks around it', trimmed, '\n a  b ', 'a  b'],
    ['nothing of blanks', trimmed, ' \t ', null],
    ['a text folded', folded, '  Ann\n  LEE ', 'ann lee'],
    ['other blanks than those of ASCII as they are', folded, '\u00a0A', '\u00a0a'],
    ['the digits of a phone number', digits, '+49 (0)30-12', '4903012'],
    ['no digits of other ones', digits, '٣', null],
    ['a whole number', integer, '007', '7'],
    ['a whole number with a sign', integer, ' +7 ', '7'],
    ['a negative one', integer, '-0070', '-70'],
    ['zero, whatever its sign', integer, '-000', '0'],
    ['no whole number of a broken one', integer, '7.5', null],
    [
      'a uuid in either case',
      uuid,
      '0F8FAD5B-D9CB-469F-A165-70867728950E',
      '0f8fad5b-d9cb-469f-a165-70867728950e',
    ],
    ['no uuid of another text', uuid, 'abc', null],
    ['nothing of what is excepted', email.none(['info@example.org']), 'INFO@example.org', null],
    [
      'the others as without the exception',
      email.none(['info@example.org']),
      'Ann@example.org',
      'ann@example.org',
    ],
  ])('%s', async (_what, by, value, expected) => {
    expect(await spelled(by, value)).toBe(expected);
  });

  test('a null as none', async () => {
    for (const by of [exact, trimmed, folded, email, digits, integer, uuid]) {
      const { n } = await session.one(`select (${by.sql('null::text')}) is null as n`);
      expect(n, by.name).toBe('t');
    }
  });

  test('numbers and uuids of their own types like texts of them', async () => {
    const { number, id } = await session.one(
      `select ${integer.sql('n')} as number, ${uuid.sql('u')} as id from (select 7::int8 as n, '0f8fad5b-d9cb-469f-a165-70867728950e'::uuid as u) x`,
    );
    expect([number, id]).toEqual(['7', '0f8fad5b-d9cb-469f-a165-70867728950e']);
  });
});
