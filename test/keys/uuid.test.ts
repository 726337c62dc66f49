import { describe, expect, test } from 'vitest';
import { isUuid, uuidV5 } from '../../src/keys/uuid.js';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const URL_NAMESPACE = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';

describe('uuidV5', () => {
  test.each([
    // RFC 9562, appendix A.4
    ['www.example.com', DNS, '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
    // Python's documentation of the module uuid
    ['python.org', DNS, '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
    // PostgreSQL's uuid-ossp, uuid_generate_v5(uuid_ns_url(), …)
    ['http://www.postgresql.org', URL_NAMESPACE, 'e1ee1ad4-cd4e-5889-962a-4f605a68d94e'],
  ])('%s', (name, namespace, expected) => {
    expect(uuidV5(name, namespace)).toBe(expected);
  });

  test('names are bytes of UTF-8, and the same name is the same id', () => {
    expect(uuidV5('é')).not.toBe(uuidV5('e\u0301'));
    expect(uuidV5('a name')).toBe(uuidV5('a name'));
    expect(uuidV5('a name')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    // What is stored in databases rests on it.
    expect(uuidV5('assessment:00000000-0000-0000-0000-000000000000')).toBe(
      'cd253410-e5cb-554b-961f-68f7170194cd',
    );
  });
});

test('isUuid takes what Postgres prints, in either case, and nothing else', () => {
  expect(isUuid('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')).toBe(true);
  expect(isUuid('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11')).toBe(true);
  for (const other of [
    '',
    '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}',
    'a0eebc999c0b4ef8bb6d6bb9bd380a11',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\n',
    'g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  ])
    expect(isUuid(other)).toBe(false);
});
