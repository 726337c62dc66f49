import type { Session } from '../db/session.js';

/**
 * A query's rows by `COPY … TO STDOUT`, as lists of lines (latin1 bytes, no line breaks), one list per piece
 * that the network brings. Ends only when the server's own count of rows equals the lines seen.
 */
export async function* copyLines(session: Session, query: string): AsyncGenerator<string[]> {
  const stream = session.copyOut(`copy (${query}) to stdout`);
  let rest = '';
  let rows = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    rows += lines.length;
    if (lines.length > 0) yield lines;
  }
  if (rest !== '' || rows !== stream.rowCount) {
    throw new Error(`COPY gave ${rows} whole rows where the server counted ${stream.rowCount}`);
  }
}
