import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openManifest, sealManifest } from '../../src/backup/manifest.js';

/** Makes a backup what it would be of a server of version 14: without what newer ones say of constraints and rights. */
export function asIfOlder(directory: string): void {
  reseal(directory, olderMember, { serverNumber: 140_000, server: '14.0' });
}

/** Makes a backup what an earlier version of Drydock took of 15.20: with the option that this server keeps of its own. */
export function asIfOf15_20(directory: string): void {
  const member = (key: string, value: unknown) =>
    key === 'columns'
      ? (value as { readonly options: string[] | null }[]).map((column) => ({
          ...column,
          options: ['pg_attver=22161896', ...(column.options ?? [])],
        }))
      : value;
  reseal(directory, member, {});
}

/** Changes the definitions of a backup, and seals it again. */
function reseal(
  directory: string,
  member: (key: string, value: unknown) => unknown,
  about: { readonly serverNumber?: number; readonly server?: string },
): void {
  const path = join(directory, 'schema.json');
  const text = JSON.stringify(JSON.parse(readFileSync(path, 'utf8'), member), null, 1);
  writeFileSync(path, text);
  rmSync(join(directory, 'schema.sql'), { force: true });
  const manifestPath = join(directory, 'manifest.json');
  const { hash: _, ...manifest } = openManifest(readFileSync(manifestPath, 'utf8'), directory);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const file = { name: 'schema.json', bytes: Buffer.byteLength(text), sha256 };
  const sealed = sealManifest({ ...manifest, ...about, files: [file] });
  writeFileSync(manifestPath, sealed.text);
}

function olderMember(key: string, value: unknown): unknown {
  if (key === 'notNullName') return null;
  if (key === 'grants' && Array.isArray(value))
    return value.filter(({ privilege }) => (privilege as string) !== 'MAINTAIN');
  const isUnnamed = key !== '' && (value as { definition?: unknown } | null)?.definition === 'NOT NULL';
  return isUnnamed ? { ...(value as object), name: '' } : value;
}
