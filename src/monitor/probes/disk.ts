import { open, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample } from '../../reports/monitor.js';
import type { ProbeContext } from './probe.js';

/**
 * The database's size, and the file system of the data directory where that is known to be this machine's.
 *
 * @param declared - the directory, where the operator has named it
 */
export async function readDisk(
  context: ProbeContext,
  declared: string | null,
): Promise<NonNullable<Sample['disk']>> {
  const { bytes } = await context.session.one('select pg_database_size(current_database()) as bytes');
  return { databaseBytes: Number(bytes), volume: await volumeOf(context, declared) };
}

async function volumeOf({ session, tell }: ProbeContext, declared: string | null) {
  const unknown = (why: string, next: string): null => {
    tell({ figure: 'disk', why, next });
    return null;
  };
  const DECLARE = 'On the machine of the server, name the directory in the config file: "dataDirectory".';
  const directory = declared ?? (await localDirectory(session));
  if (directory === null) return unknown('the data directory is not known to be on this machine', DECLARE);
  try {
    const { bsize, blocks, bavail } = await statfs(directory);
    return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
  } catch {
    return unknown('the data directory cannot be looked at', DECLARE);
  }
}

/**
 * The server's data directory, if it is on this machine: a path of that name proves nothing (containers, tunnels), so
 * the identity of the cluster in its files is compared with the one that the server tells.
 */
async function localDirectory(session: ProbeContext['session']): Promise<string | null> {
  const row = await session.one(
    `select case when pg_has_role(current_user, 'pg_read_all_settings', 'usage') then current_setting('data_directory') end as directory,
       case when has_function_privilege('pg_control_system()', 'execute')
         then (select system_identifier::text from pg_control_system()) end as identity`,
  );
  if (row.directory == null || row.identity == null) return null;
  try {
    const file = await open(join(row.directory, 'global', 'pg_control'));
    try {
      const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
      const read = process.arch === 's390x' ? buffer.readBigUInt64BE() : buffer.readBigUInt64LE();
      return read.toString() === row.identity ? row.directory : null;
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
