import type { Session } from '../../db/session.js';
import { isConnectionLost, type PostgresError, sqlState } from '../../db/sqlstate.js';
import type { Project } from '../../project/project.js';
import type { Figure, Unknown } from '../../reports/monitor.js';

/** What every probe works with: one session, on which each statement is a read-only transaction of its own. */
export interface ProbeContext {
  readonly session: Session;
  readonly project: Project;
  readonly schema: string;
  /** As in `server_version_num`. */
  readonly version: number;
  readonly inRecovery: boolean;
  /** Whether the user sees what other users' sessions do, and how far replicas are. */
  readonly seesStats: boolean;
  /** Tells that a figure is unknown, in part or wholly. */
  tell(unknown: Unknown): void;
}

/** What a grant helps against. */
export const ASK_FOR_MONITOR = 'Grant the user the role pg_monitor.';

const WORDS: Readonly<Record<string, string>> = {
  '42501': 'the user may not read it',
  '57014': 'the server took too long',
  '55P03': 'a table is locked',
  '42P01': 'a table is not there',
  '42703': 'a column is not there',
  '42883': 'a function is not there',
  '25006': 'it would write',
};

/** Whether the server answered, and would not or could not: the connection, and the other figures, are not concerned. */
export function isRefusal(error: unknown): boolean {
  return sqlState(error)?.length === 5 && !isConnectionLost(error);
}

/** Why it refused. Only what it says of a missing right is quoted, which is names alone; others may quote values. */
export function refusalText(error: unknown): string {
  const code = sqlState(error) ?? '';
  const words = WORDS[code] ?? `the server refused it (SQLSTATE ${code})`;
  return code === '42501' ? `${words}: ${(error as PostgresError).message}` : words;
}

/** Reads a group of figures; null, and told as unknown, where the server refuses. Any other error is the caller's. */
export async function attempt<T>(
  context: ProbeContext,
  figure: Figure,
  read: (context: ProbeContext) => Promise<T>,
  next = ASK_FOR_MONITOR,
): Promise<T | null> {
  try {
    return await read(context);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    context.tell({ figure, why: refusalText(error), next });
    return null;
  }
}

export function numberOr<T>(value: string | null | undefined, otherwise: T): number | T {
  return value === null || value === undefined ? otherwise : Number(value);
}
