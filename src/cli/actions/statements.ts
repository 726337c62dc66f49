import { statements } from '../../check/statements.js';
import { EXIT } from '../../errors.js';
import type { StatementsOptions } from '../../reports/statements.js';
import { withProgress } from '../progress.js';
import { renderStatements } from '../render/statements.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

/**
 * What `--sql` of a command asks for: it shows, and does nothing.
 *
 * @param flags those of the command; what shows no statement is left out
 */
export async function printStatements(
  session: Session,
  flags: StatementsOptions & { readonly dryRun: boolean },
): Promise<void> {
  const { verb, databaseUrl, project, schema, appSchema, phases, scratchUrl } = flags;
  if (!flags.dryRun)
    throw new UsageError('--sql only shows what would be sent: give --dry-run as well.', verb);
  const { capture, dropLegacy, drop } = flags;
  const { signal } = session;
  const options = {
    verb,
    databaseUrl,
    project,
    schema,
    appSchema,
    phases,
    scratchUrl,
    capture,
    dropLegacy,
    drop,
  };
  const report = await withProgress(session, (onProgress) => statements({ ...options, signal, onProgress }));
  session.finish(report, renderStatements, EXIT.done);
}
