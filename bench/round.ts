import { insertSelect } from './contenders/insert-select.js';
import { type OurRun, ours } from './contenders/ours.js';
import type { PeerRun } from './contenders/peer.js';
import { type CopyRun, rawCopy } from './contenders/raw-copy.js';
import { account, type Size } from './measures/account.js';
import { type Again, again } from './measures/again.js';
import { type Assessments, assessments } from './measures/assessments.js';
import { type Reader, reader } from './measures/reader.js';
import { type Rerun, rerun } from './measures/rerun.js';
import { scan } from './measures/scan.js';
import type { BenchOptions } from './options.js';
import type { BenchServer } from './server.js';

/** Everything that was asked for, measured once. */
export interface Round {
  readonly ours: OurRun;
  readonly insertSelect?: PeerRun;
  readonly rawCopy?: CopyRun;
  readonly scan?: number;
  readonly rerun?: readonly Rerun[];
  readonly again?: Again;
  readonly assessments?: Assessments;
  readonly reader?: readonly Reader[];
  /** What tables take on disk when all of the round is loaded. */
  readonly account: readonly Size[];
}

/**
 * The contenders one after the other, so that over the rounds they alternate. Each drops what it made, and begins
 * with a checkpoint; neither is timed.
 */
export async function playRound(
  server: BenchServer,
  { only, readerSeconds, readerArgs }: BenchOptions,
): Promise<Round> {
  const our = await ours(server);
  return {
    ours: our,
    ...(only.has('insert-select') && { insertSelect: await insertSelect(server) }),
    ...(only.has('raw-copy') && { rawCopy: await rawCopy(server) }),
    ...(only.has('scan') && { scan: await scan(server) }),
    ...(only.has('rerun') && { rerun: await rerun(server, our.phase.batches.total) }),
    ...(only.has('again') && { again: await again(server) }),
    ...(only.has('assessments') && { assessments: await assessments(server) }),
    ...(only.has('reader') && { reader: await readers(server, readerSeconds, readerArgs) }),
    account: await account(server),
  };
}

async function readers(
  server: BenchServer,
  seconds: number,
  further: readonly string[] | undefined,
): Promise<Reader[]> {
  const found: Reader[] = [];
  for (const args of further === undefined ? [[]] : [[], further])
    found.push(await reader(server, seconds, args));
  return found;
}
