import { expect, test } from 'vitest';
import {
  addForeignKey,
  attachConstraint,
  type IndexBuild,
  validateForeignKey,
} from '../../src/load/indexes.js';
import type { Target } from '../../src/mapping/targets.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { openSession } from '../support/session.js';
import { eventually } from '../support/traces.js';

const TARGET = { name: 't', qualified: 'public.t' } as Target;
const FOREIGN_KEY = {
  column: 'b',
  references: { schema: 'public', table: 'parent', column: 'id' },
  onDelete: 'cascade',
} as const;

/** What a killed predecessor's backend is about to commit, and what its successor does meanwhile. */
test.each([
  ['primary key', 'add constraint t_pkey primary key using index t_pkey'],
  ['unique', 'add constraint t_b_idx unique using index t_b_idx deferrable'],
  ['foreign key', 'add constraint t_b_fkey foreign key (b) references public.parent (id) not valid'],
] as const)(
  'a %s that a predecessor adds while we wait for its lock is taken as it is',
  async (kind, action) => {
    const database = await createTestDatabase('constraints');
    await database.query(`
    create table public.parent (id int primary key);
    create table public.t (a int, b int);
    create unique index t_pkey on public.t (a);
    create unique index t_b_idx on public.t (b)`);
    const predecessor = await database.client();
    await predecessor.query(`begin; alter table public.t ${action}`);

    const session = await openSession(database.url);
    const name = kind === 'unique' ? 't_b_idx' : 't_pkey';
    const ours =
      kind === 'foreign key'
        ? addForeignKey(session, TARGET, FOREIGN_KEY).then(() =>
            validateForeignKey(session, TARGET, FOREIGN_KEY),
          )
        : attachConstraint(session, { target: TARGET, name, kind, statement: '' } satisfies IndexBuild);
    await eventually('our session waits for the lock', async () => (await waiting(database)) === 1);
    await predecessor.query('commit');
    await ours;

    const { rows } = await database.query(
      `select contype, convalidated from pg_constraint where conrelid = 'public.t'::regclass and contype in ('p', 'u', 'f')`,
    );
    expect(rows).toEqual([{ contype: kind[0], convalidated: true }]);
  },
);

async function waiting(database: TestDatabase): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    `select count(*)::int as n from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows[0]?.n ?? 0;
}
