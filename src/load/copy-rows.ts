import { SIGNATURE, TRAILER } from '../copy-binary/framing.js';
import type { Session } from '../db/session.js';
import { copyStatement, type Target } from '../mapping/targets.js';

/** Copies the rows and holds the server's count against ours: a stream that was cut must not pass for a whole one. */
export async function copyRows(
  session: Session,
  target: Target,
  log: { readonly rows: number; chunks(): Iterable<Buffer> },
  into?: string,
): Promise<number> {
  if (log.rows === 0) return 0;
  const copied = await session.copyIn(copyStatement(target, into), framed(log.chunks()));
  if (copied !== log.rows) {
    throw new Error(`COPY into ${target.name} took ${copied} rows where ${log.rows} were sent`);
  }
  return copied;
}

function* framed(chunks: Iterable<Buffer>): Generator<Buffer> {
  yield Buffer.from(SIGNATURE, 'latin1');
  yield* chunks;
  yield Buffer.from(TRAILER, 'latin1');
}
