import { expect, inject, test } from 'vitest';
import { projectOf } from '../../src/consolidation/project.js';
import { check } from '../../src/index.js';
import { contacts, createContacts } from '../consolidation/contacts.js';
import { createPayments, payments } from '../consolidation/payments.js';

const TIME = 240_000;

test.each([
  ['values that depend on others', payments, createPayments, 1],
  // With this seed a direct delete leaves one of two answers, and a caller follows it.
  ['a source as a crosswalk', contacts, createContacts, 5],
] as const)(
  '%s hold with generated rows and writes',
  async (_what, declared, create, seed) => {
    const database = await create('check_words');
    const report = await check({
      databaseUrl: database.url,
      project: projectOf([declared]),
      scratchUrl: inject('databaseUrl'),
      seconds: seed === 1 ? 2 : 6,
      seed,
    });
    expect(report).toMatchObject({ refusals: [], faults: [], notTried: [] });
    expect(report.tried.writes.unified).toBeGreaterThan(20);
  },
  TIME,
);
