import { setTimeout as sleep } from 'node:timers/promises';
import type { Kind } from '../kind.js';

/** What others may hold while a run wants it; which of them exists depends on the moment. */
const LOCKS = [
  'lock table public.opportunities_unified in access exclusive mode',
  'lock table public.opportunity_assessments in share row exclusive mode',
  'lock table public.opportunity_duplicates in access exclusive mode',
  'lock table public.opportunities in access exclusive mode',
  'lock table public.submissions in share row exclusive mode',
  'select from drydock.batches for update',
  'select from drydock.phases for update',
] as const;

/** Shorter and longer than the time that Drydock waits for a lock (5 s). */
const HELD_MS = [300, 1_500, 6_000] as const;

export const lock: Kind = {
  name: 'lock',
  what: 'another session locks a table or rows of the ledger, for 0.3 to 6 s (`lock_timeout` is 5 s)',
  when: 'any',
  outcomes: { stops: true },
  weight: 2,
  async inject({ server, database, random, heal }) {
    const rival = await server.connect(database);
    const [statement, held] = [random.pick(LOCKS), random.pick(HELD_MS)];
    await rival.query(`begin; set local lock_timeout = '1s'; set local statement_timeout = '2s'`);
    const refused = await rival.query(statement).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (refused !== undefined) {
      await rival.end();
      return `no lock: ${refused}`;
    }
    const released = sleep(held).then(() => rival.end());
    heal.add(() => released);
    return `${statement}, for ${held} ms`;
  },
};
