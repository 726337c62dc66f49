import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DrydockError } from '../errors.js';
import { type SchemaFile, schemaFile } from './catalog/document.js';
import { isErrno } from './directory.js';
import { MANIFEST_FILE, type Manifest, type ManifestTable, openManifest, SCHEMA_FILE } from './manifest.js';
import { ONLY_READ } from './states.js';
import { readBack } from './table-file.js';

/** A backup that was read from beginning to end and is what its manifest says. */
export interface CheckedBackup {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly schema: SchemaFile;
}

/**
 * Reads a whole backup, and compares it with its manifest: nothing missing, nothing more, nothing altered, nothing
 * cut off.
 *
 * @throws DrydockError
 */
export async function checkBackup(from: string, signal: AbortSignal | undefined): Promise<CheckedBackup> {
  const directory = resolve(from);
  const names = await listProtected(directory);
  if (!names.includes(MANIFEST_FILE)) {
    throw damaged(
      directory,
      `it has no ${MANIFEST_FILE}`,
      'Is it the directory of a backup, and was that one finished?',
    );
  }
  const manifest = openManifest(await readSmall(directory, MANIFEST_FILE), directory);
  const expected = [
    MANIFEST_FILE,
    ...manifest.files.map(({ name }) => name),
    ...manifest.tables.map(({ file }) => file),
  ];
  requireSame(directory, names, expected);
  for (const { name, bytes, sha256 } of manifest.files) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(directory, name)), hash, { signal });
    const { size } = await stat(join(directory, name));
    if (size !== bytes || hash.digest('hex') !== sha256)
      throw damaged(directory, `${name} is not what it was`);
  }
  for (const table of manifest.tables) await checkTable(directory, table, signal);
  const schema = schemaFile.safeParse(JSON.parse(await readSmall(directory, SCHEMA_FILE)));
  if (!schema.success) throw damaged(directory, `${SCHEMA_FILE} is not as it should be`);
  requireDescribed(directory, manifest, schema.data);
  return { directory, manifest, schema: schema.data };
}

/** Of ten tables a description has a few hundred kilobytes; it is held in memory as a whole. */
const MOST_DESCRIBED_BYTES = 64 << 20;

/** The text of a file that is small in every backup that we made. */
async function readSmall(directory: string, name: string): Promise<string> {
  const { size } = await stat(join(directory, name));
  if (size > MOST_DESCRIBED_BYTES)
    throw damaged(directory, `${name} has ${size} bytes, which no backup of ours has`);
  return readFile(join(directory, name), 'utf8');
}

/** Reads a table's file, and compares it with what the manifest says. */
export async function checkTable(
  directory: string,
  table: ManifestTable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const found = await readBack(join(directory, table.file), signal).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw damaged(directory, `${table.file} cannot be read (${(error as Error).message})`);
  });
  for (const member of ['bytes', 'sha256', 'textBytes', 'textSha256', 'rows'] as const) {
    if (found[member] !== table[member]) {
      throw damaged(
        directory,
        `${table.file} is not what it was: ${member} is ${found[member]}, not ${table[member]}`,
      );
    }
  }
}

/**
 * The names in the directory. A backup holds SQL that is run when it is restored: only what nobody else can have
 * written is taken.
 */
async function listProtected(directory: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR'))
      throw damaged(directory, 'it is not a directory', 'Check --from.');
    if (!isErrno(error, 'EACCES', 'EPERM')) throw error;
    throw damaged(directory, 'you may not read it', 'Restore as the user that it belongs to.');
  }
  for (const path of [directory, ...names.map((name) => join(directory, name))]) {
    const entry = await lstat(path);
    if (path !== directory && !entry.isFile()) throw damaged(directory, `${path} is not a plain file`);
    const mine = process.getuid === undefined || entry.uid === process.getuid() || entry.uid === 0;
    if (!mine || (entry.mode & 0o022) !== 0) {
      throw new DrydockError({
        code: 'unprotected-backup',
        what: `Others than you can have written ${path}, and a backup holds SQL that is run when it is restored.`,
        state: ONLY_READ,
        next: `If you trust it: chown it to the user that restores, and chmod -R go-w ${directory}.`,
      });
    }
  }
  return names;
}

function requireSame(directory: string, names: readonly string[], expected: readonly string[]): void {
  const missing = expected.filter((name) => !names.includes(name));
  if (missing.length > 0) throw damaged(directory, `${missing.join(', ')} is missing`);
  const more = names.filter((name) => !expected.includes(name));
  if (more.length > 0) {
    throw damaged(
      directory,
      `${more.join(', ')} is no part of it`,
      'Take out of the directory what does not belong there.',
    );
  }
}

/** Every table's file and its definition are of the same table. */
function requireDescribed(
  directory: string,
  { tables }: Manifest,
  { qualified, relative }: SchemaFile,
): void {
  for (const document of [qualified, relative]) {
    const same =
      document.tables.length === tables.length &&
      tables.every(({ schema, name }, at) => {
        const table = document.tables[at];
        return table?.schema === schema && table.name === name;
      });
    if (!same) throw damaged(directory, `${SCHEMA_FILE} describes other tables than ${MANIFEST_FILE}`);
  }
}

function damaged(directory: string, why: string, next = 'Use another backup.'): DrydockError {
  return new DrydockError({
    code: 'damaged-backup',
    what: `The backup in ${directory} is not usable: ${why}.`,
    next,
    state: ONLY_READ,
  });
}
