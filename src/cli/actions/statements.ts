import { statements } from '../../check/statements.js';
import { EXIT } from '../../errors.js';
import type { StatementsOptions } from '../../reports/statements.js';
import { withProgress } from '../progress.js';
import { renderStatements } from '../render/statements.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

/** What `--sql` of a command asks for: it shows, and does nothing. */
export async function printStatements(
  session: Session,
  { dryRun, ...options }: StatementsOptions & { readonly dryRun: boolean },
): Promise<void> {
  if (!dryRun)
    throw new UsageError('--sql only shows what would be sent: give --dry-run as well.', options.verb);
  const { signal } = session;
  const report = await withProgress(session, (onProgress) => statements({ ...options, signal, onProgress }));
  session.finish(report, renderStatements, EXIT.done);
}
