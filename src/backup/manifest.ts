import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DrydockError } from '../errors.js';
import { ONLY_READ } from './states.js';

export const MANIFEST_FILE = 'manifest.json';
export const SCHEMA_FILE = 'schema.json';

const FORMAT = 'drydock-backup';
/** Changes whenever an older restore would misread a backup. */
const VERSION = 1;

const count = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** A name in the directory itself, never a path. */
const fileName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/);

const table = z.strictObject({
  schema: z.string(),
  name: z.string(),
  part: z.enum(['legacy', 'unified']),
  file: fileName,
  /** The columns in the file, in order; generated ones are not in it. */
  columns: z.array(z.string()).min(1),
  rows: count,
  bytes: count,
  sha256,
  textBytes: count,
  textSha256: sha256,
  /** As the verifier hashes a table, with values of types that a database has of its own as text. */
  hash: z.string().regex(/^-?\d+:-?\d+$/),
});

const body = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  database: z.string(),
  server: z.string(),
  /** As `server_version_num`. */
  serverNumber: count,
  encoding: z.string(),
  takenAt: z.string(),
  snapshot: z.string(),
  schema: z.string(),
  appSchema: z.string(),
  phases: z.array(z.string()),
  ledger: z
    .strictObject({
      version: count,
      phases: z.array(z.strictObject({ phase: z.string(), state: z.string(), batches: count, done: count })),
    })
    .nullable(),
  tables: z.array(table),
  /** What is there besides the tables' files. */
  files: z.array(z.strictObject({ name: fileName, bytes: count, sha256 })),
});

const manifest = z.strictObject({ ...body.shape, hash: sha256 });

export type ManifestBody = z.infer<typeof body>;
export type Manifest = z.infer<typeof manifest>;
export type ManifestTable = z.infer<typeof table>;

/** What every manifest of this version begins with. */
export const HEAD = { format: FORMAT, version: VERSION } as const;

/** The text of a manifest, with a hash of itself: against accidents, not against whoever can write it anew. */
export function sealManifest(contents: ManifestBody): { readonly text: string; readonly hash: string } {
  const hash = hashOf(contents);
  return { text: `${JSON.stringify({ ...body.parse(contents), hash }, null, 2)}\n`, hash };
}

/**
 * Reads the text of a manifest.
 *
 * @throws DrydockError when it is of another version, damaged, or not whole
 */
export function openManifest(text: string, directory: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw damagedManifest(directory, 'it is not JSON');
  }
  const { format, version } = (json ?? {}) as { readonly format?: unknown; readonly version?: unknown };
  if (format === FORMAT && version !== VERSION) {
    throw new DrydockError({
      code: 'other-backup-version',
      what: `The backup in ${directory} is of version ${String(version)}; this is Drydock for version ${VERSION}.`,
      state: ONLY_READ,
      next: 'Use the version of Drydock that made it.',
    });
  }
  const parsed = manifest.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw damagedManifest(
      directory,
      `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as it should be'}`,
    );
  }
  const { hash, ...contents } = parsed.data;
  if (hash !== hashOf(contents)) throw damagedManifest(directory, 'it was changed after it was written');
  return parsed.data;
}

function hashOf(contents: ManifestBody): string {
  // Parsing puts the members into the order of the schema.
  return createHash('sha256')
    .update(JSON.stringify(body.parse(contents)))
    .digest('hex');
}

function damagedManifest(directory: string, why: string): DrydockError {
  return new DrydockError({
    code: 'damaged-backup',
    what: `${MANIFEST_FILE} in ${directory} is not a manifest that can be trusted: ${why}.`,
    state: ONLY_READ,
    next: 'Use another backup.',
  });
}
