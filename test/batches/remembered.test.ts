import { describe, expect, test } from 'vitest';
import { mixtureOf, SHAPE_A, SHAPE_B_DLT } from '../../fixtures/mixture.js';
import { bindPhases, openContext } from '../../src/context/context.js';
import { withCleanup } from '../../src/db/cleanup.js';
import { verify } from '../../src/index.js';
import { readBatches } from '../../src/ledger/batches.js';
import { extractionQuery } from '../../src/mapping/keyed-source.js';
import { wantedRemembered } from '../../src/mapping/remembered.js';
import { selectiveQuery } from '../../src/mapping/selective.js';
import { targetsOf } from '../../src/mapping/targets.js';
import type { TestDatabase } from '../support/database.js';
import { expectEqual, pairsOf } from '../support/legacy-views.js';
import { asDrydock } from '../support/own-writes.js';
import { type Contents, prepared } from '../support/prepared.js';
import { run } from '../support/unifying.js';

/** So many batches that one of them is looked for, not read with all others. */
const MANY = { batchSize: 40 } as const;
const CONTENTS = {
  B: { mixture: mixtureOf({}), submissions: 250, oddShare: 0.1, extras: true, run: MANY },
  A: { mixture: SHAPE_A, submissions: 200, oddShare: 0.1, run: MANY },
  dlt: { mixture: SHAPE_B_DLT, submissions: 200, oddShare: 0.1, run: MANY },
} as const satisfies Record<string, Contents>;

test.each(['B', 'A', 'dlt'] as const)(
  'what our tables remember of a batch are the rows that it is made of, shape %s',
  async (shape) => {
    const database = await prepared(CONTENTS[shape]);
    await withCleanup(async (cleanup) => {
      const context = await openContext({ databaseUrl: database.url }, cleanup);
      for (const phase of bindPhases(context)) {
        const phaseId = context.entries.get(phase.name)?.id ?? 0;
        let found = 0;
        for (const { range, rowsIn } of await readBatches(context.session, phaseId)) {
          let ofBatch = 0;
          for (const keyed of phase.keyed) {
            const wanted = wantedRemembered(keyed.source, targetsOf(phase), phaseId, range);
            const lines = async (query: string) =>
              (await context.session.query(`select q::text as line from (${query}) q`)).map(
                ({ line }) => line,
              );
            const remembered = await lines(selectiveQuery(keyed, wanted));
            const all = await lines(extractionQuery(keyed, range));
            ofBatch += remembered.length;
            // Rows without a value to be found by are for whoever counts.
            if (remembered.length === all.length) expect(remembered.sort()).toEqual(all.sort());
            else expect(all).toEqual(expect.arrayContaining(remembered));
          }
          found += ofBatch === rowsIn ? 1 : 0;
        }
        expect(found).toBeGreaterThan(1);
      }
    });
  },
);

const PAIRS = pairsOf(CONTENTS.B.mixture).filter(({ name }) =>
  ['opportunities', 'app_opportunities', 'workflow_results'].includes(name),
);

describe('a batch that is loaded again', () => {
  test('gets a row back of which nothing was remembered', async () => {
    const { database, batch, unknown } = await loaded();
    await asDrydock(database, 'delete from public.opportunities_unified where id = $1', [unknown.id]);
    const report = await run({ databaseUrl: database.url, phases: ['opportunities'], batches: batch });
    expect(report.phases[0]).toMatchObject({ state: 'verified', rowsWritten: 1 });
    await expectEqual(await database.client(), PAIRS);
  });

  test.each([
    ['captured', true],
    ['not captured', false],
  ])('has a row that came to it with an unknown id, %s', async (_name, capture) => {
    const { database, batch } = await loaded(capture);
    await addApp(database, `t3_${UNKNOWN}`);
    const report = await run({
      databaseUrl: database.url,
      phases: ['opportunities'],
      batches: batch,
      capture,
    });
    expect(report.phases[0]).toMatchObject({ state: 'verified' });
    expect(report.phases[0]?.rowsWritten).toBeGreaterThan(0);
    await expectEqual(await database.client(), PAIRS);
  });

  test('is read whole where a verification has found a difference', async () => {
    const { database, batch } = await loaded();
    // Written behind the back of capture: nothing that is remembered tells of it, and no count either.
    await database.query('alter table public.app_opportunities disable trigger all');
    await addApp(database, `t3_${UNKNOWN}`);
    await database.query('alter table public.app_opportunities enable trigger all');
    const options = { databaseUrl: database.url, phases: ['opportunities' as const] };
    expect(await verify({ ...options, record: true })).toMatchObject({ equal: false });
    const report = await run({ ...options, batches: batch });
    expect(report.phases[0]).toMatchObject({ state: 'verified' });
  });
});

/** A loaded database, a row of ours of a submission that is not known, and the batch that it is in. */
async function loaded(capture = true) {
  const { run: _, ...data } = CONTENTS.B;
  const database = await prepared(data);
  await addApp(database, UNKNOWN);
  await run({ databaseUrl: database.url, phases: ['opportunities'], ...MANY, capture });
  const { rows } = await database.query<{ id: string; number: string }>(
    `select u.id, b.number from public.opportunities_unified u join drydock.batches b
       on (b.key_from is null or u.merge_key >= b.key_from) and (b.key_to is null or u.merge_key < b.key_to)
     where u.app_submission_id = $1`,
    [UNKNOWN],
  );
  const [unknown] = rows;
  if (unknown === undefined) throw new Error('the row of the unknown submission was not loaded');
  const number = Number(unknown.number);
  return { database, unknown, batch: { from: number, to: number } };
}

/** An id that no submission has. */
const UNKNOWN = 'nobody1';

/** One more row, which names its submission by this id. */
async function addApp(database: TestDatabase, raw: string): Promise<void> {
  const { rows } = await database.query<{ columns: string }>(
    `select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
     where attrelid = 'public.app_opportunities'::regclass and attnum > 0 and not attisdropped
       and attgenerated = '' and attname not in ('id', 'submission_id')`,
  );
  const columns = rows[0]?.columns;
  await database.query(
    `insert into public.app_opportunities (id, submission_id, ${columns})
     select gen_random_uuid(), $1, ${columns} from (select * from public.app_opportunities order by id limit 1) a`,
    [raw],
  );
}
