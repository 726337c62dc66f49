import { decode, encode } from '../../fixtures/copy-text.js';
import type { Session } from '../../src/db/session.js';
import { copyOutRows, fieldsOf } from './binary-rows.js';
import { copyInLines, copyOutLines } from './session.js';

/** A value as the server sends it, in a latin1 string, and as it prints it. */
export interface Sent {
  readonly bytes: string;
  readonly text: string;
}

/** What the server makes of values of a type. None may be null. */
export async function sentBy(session: Session, type: string, values: readonly string[]): Promise<Sent[]> {
  await session.execute(`create temp table sent (n int, v ${type})`);
  try {
    const lines = values.map((value, n) => `${n}\t${encode(value)}`);
    await copyInLines(session, 'pg_temp.sent', lines);
    const query = 'select v from pg_temp.sent order by n';
    const printed = await copyOutLines(session, query);
    return (await copyOutRows(session, query)).map((row, n) => {
      const [bytes] = fieldsOf(row);
      if (bytes == null) throw new Error(`null for ${values[n]}`);
      return { bytes, text: decode(printed[n] ?? '') };
    });
  } finally {
    await session.execute('drop table pg_temp.sent');
  }
}
