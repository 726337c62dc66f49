import { readFile } from 'node:fs/promises';
import type { Session } from '../db/session.js';

/** Reads how much processor time a backend has had so far, in milliseconds. */
export type ProcessorTime = () => Promise<number>;

const NANOSECONDS_PER_MS = 1e6;

/**
 * Only for a server on this machine whose processes can be seen: its backend's title has to name the port that this
 * very connection comes from, for a process number alone could be anybody's.
 *
 * @returns the reason where it cannot be measured
 */
export async function processorTimeOf(session: Session): Promise<ProcessorTime | string> {
  const { pid, port } = await session.one(
    'select pg_backend_pid()::text as pid, inet_client_port()::text as port',
  );
  try {
    const title = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    const mark = port === null || port === '-1' ? '[local]' : `(${port})`;
    if (!title.startsWith('postgres') || !title.includes(mark)) return 'the server runs on another machine';
    const read = async () => {
      const [nanoseconds] = (await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ');
      return Number(nanoseconds) / NANOSECONDS_PER_MS;
    };
    if (!Number.isFinite(await read())) return 'this system does not count it';
    return read;
  } catch {
    return "the server's processes cannot be seen from here";
  }
}
