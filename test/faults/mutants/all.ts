import * as corrupt from './corruptions.js';
import * as when from './disturbances.js';
import type { Mutant } from './mutant.js';

const BOOKING = 'await bookBatch(session, batch, counts, load.begun);';
const NEW_TRANSACTION = 'await session.commit(); await session.begin();';

/** Bugs that tools of this kind have had. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the ledger in another transaction than the rows',
    edits: [{ file: 'batches/load-batch.js', find: BOOKING, replace: `${NEW_TRANSACTION} ${BOOKING}` }],
    fault: when.killedAt(when.SET_DONE, 2),
  },
  {
    name: 'the ledger before the rows',
    edits: [
      {
        file: 'batches/load-batch.js',
        find: 'let written;',
        replace: `let written; await bookBatch(session, batch, rows.counts(), load.begun); ${NEW_TRANSACTION}`,
      },
      { file: 'batches/load-batch.js', find: BOOKING, replace: '' },
    ],
    fault: when.killedAt(/^copy "public"\."opportunities_unified"/, 2),
  },
  {
    name: 'a loaded batch is not booked',
    edits: [{ file: 'batches/load-batch.js', find: BOOKING, replace: '' }],
    fault: when.NOTHING,
  },
  {
    name: '`>` for `>=` at the beginning of a range',
    edits: [{ file: 'keys/key-range.js', find: '`${key} >= ${literal(', replace: '`${key} > ${literal(' }],
    blind: true,
    fault: when.KILLED_BETWEEN_BATCHES,
  },
  {
    name: '`>` for `>=` at the end of a batch',
    edits: [{ file: 'extract/group.js', find: 'key >= end', replace: 'key > end' }],
    fault: when.KILLED_BETWEEN_BATCHES,
  },
  {
    name: 'the last row of a stream skipped',
    edits: [{ file: 'extract/copy-source.js', find: 'yield rows;', replace: 'yield rows.slice(0, -1);' }],
    blind: true,
    fault: when.NOTHING,
  },
  {
    name: 'the last row of a COPY lost, and its count not compared',
    edits: corrupt.LAST_ROW_LOST,
    blind: true,
    fault: when.NOTHING,
  },
  {
    name: 'the last folded row of a batch copied twice',
    edits: corrupt.LAST_ROW_TWICE,
    blind: true,
    fault: when.NOTHING,
  },
  { name: 'empty string for null', edits: corrupt.NULL_AS_EMPTY, blind: true, fault: when.NOTHING },
  { name: 'null for a value', edits: corrupt.EMPTY_AS_NULL, blind: true, fault: when.NOTHING },
  { name: 'long values cut', edits: corrupt.CUT_OFF, blind: true, fault: when.NOTHING },
  { name: "two rows' values swapped", edits: corrupt.SWAPPED, blind: true, fault: when.NOTHING },
  {
    name: 'the tag of COMMIT ignored',
    edits: [{ file: 'db/session.js', find: `if (command !== 'COMMIT')`, replace: 'if (false)' }],
    fault: when.COMMIT_FAILED,
  },
  {
    name: 'retry without asking the ledger',
    edits: [
      { file: 'batches/load-batch.js', find: 'if (entry.attempts > batch.attempts)', replace: 'if (false)' },
    ],
    fault: when.ANSWER_LOST,
  },
  {
    name: 'retry that copies again, without asking the ledger',
    edits: [
      { file: 'batches/load-batch.js', find: 'if (entry.attempts > batch.attempts)', replace: 'if (false)' },
      { file: 'batches/load-batch.js', find: 'if (entry.attempts === 0)', replace: 'if (true)' },
    ],
    fault: when.ANSWER_LOST,
  },
  {
    name: 'a batch whose connection broke counts as loaded',
    edits: [
      {
        file: 'batches/batch-loader.js',
        find: 'if (isConnectionLost(error)) {',
        replace: `if (isConnectionLost(error)) { this.#session = undefined; return 'already-loaded';`,
      },
    ],
    fault: when.COMMIT_LOST,
  },
  {
    name: 'a batch that was cancelled counts as loaded',
    edits: [
      {
        file: 'db/retry.js',
        find: 'catch (error) {',
        replace: `catch (error) { if (retryable(error)) return 'already-loaded';`,
      },
    ],
    fault: when.BATCH_CANCELLED,
  },
  {
    name: 'an error of the load swallowed',
    edits: [
      { file: 'batches/load-phase.js', find: 'if (context.signal?.aborted !== true)', replace: 'if (false)' },
    ],
    fault: when.READER_TERMINATED,
  },
  {
    name: "a killed predecessor's transaction not waited for",
    edits: [{ file: 'ledger/batches.js', find: 'number = $2::int for update', replace: 'number = $2::int' }],
    fault: when.COMMIT_LATE,
  },
  {
    name: 'rows of a replaced range that went are kept',
    edits: [
      {
        file: 'load/replace-range.js',
        find: 'select t.id from ${target.qualified} t where ${scope',
        replace: 'select t.id from ${target.qualified} t where false and ${scope',
      },
    ],
    blind: true,
    fault: when.NOTHING_TO_REPLACEMENT,
  },
  {
    name: 'a staging table left behind',
    edits: [
      {
        file: 'load/replace-range.js',
        find: '`pg_temp.${ident(table)}`',
        replace: '`public.${ident(table)}`',
      },
      {
        file: 'load/replace-range.js',
        find: 'create temp table if not exists ${ident(table)} (${columns}) on commit delete rows',
        replace: 'create table if not exists ${name} (${columns})',
      },
    ],
    fault: when.NOTHING_TO_REPLACEMENT,
  },
  {
    name: 'a phase complete before its indexes',
    edits: [
      {
        file: 'unify/unify-phase.js',
        find: 'await buildIndexes(context, phase, targets).catch(',
        replace: `await setState(session, phaseId, 'loaded'); await buildIndexes(context, phase, targets).catch(`,
      },
    ],
    blind: true,
    fault: when.killedAt(/^create (unique )?index/, 2),
  },
  {
    name: 'a foreign key that is never validated when its run was killed',
    edits: [
      {
        file: 'load/indexes.js',
        find: 'select convalidated::text',
        // Only when it was added just now.
        replace: 'select (convalidated or age(xmin) > 1)::text',
      },
    ],
    fault: when.killedAt(/ validate constraint /, 1),
  },
  {
    name: 'a unique key left out',
    edits: [
      {
        file: 'load/indexes.js',
        find: 'if (kind === null)',
        replace: "if (kind !== 'primary key')",
      },
    ],
    fault: when.NOTHING,
  },
  {
    name: 'verified before it was compared',
    edits: [
      {
        file: 'verify/recorded.js',
        find: 'const compared = await comparePhase(',
        replace: `await setState(context.session, phaseId, 'verified'); const compared = await comparePhase(`,
      },
    ],
    fault: when.killedAt(/hashint8extended/, 2),
  },
  {
    name: 'folded rows booked twice',
    edits: [
      {
        file: 'load/batch-rows.js',
        find: 'counts[outcome] += 1;',
        replace: "counts[outcome] += outcome === 'folded' ? 2 : 1;",
      },
    ],
    blind: true,
    fault: when.NOTHING,
  },
  {
    name: 'ids by chance',
    edits: [
      {
        file: 'keys/uuid.js',
        find: 'Buffer.from(name,',
        replace: 'Buffer.from(name + Math.random(),',
      },
    ],
    fault: when.NOTHING,
  },
  {
    name: 'a legacy row touched',
    edits: [
      {
        file: 'batches/prepare.js',
        find: 'await lockLedger(session);',
        replace: `await lockLedger(session); await session.execute("update public.opportunities set problem_statement = problem_statement || ' ' where id = (select min(id::text)::uuid from public.opportunities)");`,
      },
    ],
    fault: when.NOTHING,
  },
  {
    name: 'a stack in place of an explanation',
    edits: [{ file: 'cli/failure.js', find: '...(verbose ?', replace: '...(true ?' }],
    fault: when.READER_TERMINATED,
  },
  {
    name: 'a table rewritten under a snapshot read as empty',
    edits: [{ file: 'db/fence.js', find: 'if (rows.length > 0)', replace: 'if (false)' }],
    fault: when.REWRITTEN,
  },
  {
    name: 'the unified tables open to others before the cutover',
    edits: [
      {
        file: 'guard/guard.js',
        find: 'when (not (${isOwnWrite(owner)}))',
        replace: 'when (false)',
      },
    ],
    fault: when.INTRUDED,
  },
  {
    name: 'old names without the defaults of their tables',
    edits: [{ file: 'cutover/swap.js', find: 'if (defaults.length > 0)', replace: 'if (false)' }],
    fault: when.NOTHING_TO_TURN.cutover,
  },
  {
    name: 'names swapped in another transaction than the state',
    edits: [
      {
        file: 'cutover/swap.js',
        find: 'await enterCutover(session, phaseId, catalog);',
        replace: `await enterCutover(session, phaseId, catalog); ${NEW_TRANSACTION}`,
      },
    ],
    fault: when.KILLED_IN_SWAP,
  },
  {
    name: 'a stalled connection waited for without end',
    edits: [{ file: 'db/watch.js', find: 'if (silent < LOOKS)', replace: 'if (true)' }],
    fault: when.STALLED,
  },
];
