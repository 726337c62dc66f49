import type { Session } from '../db/session.js';
import type { PhaseName } from '../reports/phase-name.js';

/** A backup that was read back after it was written, as the ledger remembers it: whether it is there still, it cannot know. */
export interface BackupEntry {
  readonly directory: string;
  /** The machine on which that directory is. */
  readonly host: string;
  /** SHA-256 of the manifest. */
  readonly manifestHash: string;
  /** When its snapshot was taken. */
  readonly takenAt: string;
  readonly verifiedAt: string;
  /** Rows of all its tables. */
  readonly rows: number;
}

/** Enters a backup for the phases that it covers, and in the journal. */
export async function recordBackup(
  session: Session,
  schema: string,
  phases: readonly PhaseName[],
  backup: Omit<BackupEntry, 'verifiedAt'>,
  operator: string,
): Promise<void> {
  await session.transaction(async () => {
    for (const phase of phases) {
      await session.execute(
        `with b as (
           insert into drydock.backups (schema_name, phase, directory, host, manifest_hash, taken_at, row_count, operator)
           values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::timestamptz, $7::bigint, $8::text || ' as ' || current_user)
           returning schema_name, phase, operator, directory, host
         )
         insert into drydock.events (schema_name, phase, kind, operator, detail)
         select schema_name, phase, 'backed-up', operator, directory || ' on ' || host from b`,
        [
          schema,
          phase,
          backup.directory,
          backup.host,
          backup.manifestHash,
          backup.takenAt,
          backup.rows,
          operator,
        ],
      );
    }
  });
}

/** The newest backup that covers a phase; null when there is none. */
export async function newestBackup(
  session: Session,
  schema: string,
  phase: PhaseName,
): Promise<BackupEntry | null> {
  const [row] = await session.query(
    `select directory, host, manifest_hash, taken_at::timestamptz(0)::text as taken_at,
       verified_at::timestamptz(0)::text as verified_at, row_count
     from drydock.backups where schema_name = $1::text and phase = $2::text order by taken_at desc, id desc limit 1`,
    [schema, phase],
  );
  if (row === undefined) return null;
  return {
    directory: String(row.directory),
    host: String(row.host),
    manifestHash: String(row.manifest_hash),
    takenAt: String(row.taken_at),
    verifiedAt: String(row.verified_at),
    rows: Number(row.row_count),
  };
}

/** Whether a manifest is one that this ledger saw written. */
export async function knowsBackup(session: Session, manifestHash: string): Promise<boolean> {
  const { known } = await session.one(
    'select exists (select from drydock.backups where manifest_hash = $1::text)::text as known',
    [manifestHash],
  );
  return known === 'true';
}
