import type { Readable } from 'node:stream';
import type { RowBytes } from '../copy-binary/framing.js';
import { RowSplitter } from '../copy-binary/row-splitter.js';
import type { Session } from '../db/session.js';

/**
 * A query's rows by `COPY … TO STDOUT` in binary, as lists of rows, one list per piece that the network brings.
 * Ends only when the server's own count of rows equals the rows seen. The query runs from now on, whether anybody
 * reads or not: so several sort side by side.
 */
export function copyRowsOf(session: Session, query: string): AsyncGenerator<RowBytes[]> {
  const stream = session.copyOut(`copy (${query}) to stdout (format binary)`);
  // The driver only announces an error, when nobody may be reading yet: destroyed, the stream keeps it for who does.
  stream.on('error', (error: Error) => stream.destroy(error));
  const rows = rowsOf(stream);
  // A generator that is given up before it began does not come to the point where it would end its stream.
  const giveUp = rows.return.bind(rows);
  rows.return = (value) => {
    stream.destroy();
    return giveUp(value);
  };
  return rows;
}

/**
 * The same from a transaction that goes by one snapshot, for rows that are used before it ends: none comes before the
 * tables are locked, as the COPY locks them, and it is sure that none of them was rewritten under the snapshot.
 *
 * @throws RewrittenError
 */
export async function copyRowsBehindFence(
  session: Session,
  query: string,
): Promise<AsyncGenerator<RowBytes[]>> {
  await session.execute(`explain ${query}`);
  await session.passFence();
  return copyRowsOf(session, query);
}

async function* rowsOf(stream: Readable & { readonly rowCount: number }): AsyncGenerator<RowBytes[]> {
  const splitter = new RowSplitter('framed');
  let count = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const rows = splitter.split(chunk);
    count += rows.length;
    if (rows.length > 0) yield rows;
  }
  if (!splitter.ended || !splitter.isComplete || count !== stream.rowCount) {
    throw new Error(`COPY gave ${count} whole rows where the server counted ${stream.rowCount}`);
  }
}
