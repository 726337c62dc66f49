import { systemError } from '../errors/system-errors.js';
import { DrydockError } from '../errors.js';
import { isCommitInDoubt } from './commit-doubt.js';
import { NoRowError } from './no-row.js';
import { explainServerError, GONE } from './server-errors.js';
import { isConnectionLost, type PostgresError, sqlState } from './sqlstate.js';

/**
 * Any error as one that a person can act on, where somebody outside of Drydock can be its cause: the server, the network,
 * the operating system. What is left is as it was.
 *
 * @param state what is written at that moment
 */
export function explained(error: unknown, state: string): unknown {
  return explain(error, state) ?? error;
}

/** Any error at all: what cannot be explained is a defect, and says so. */
export function asDrydockError(error: unknown, state: string): DrydockError {
  return (
    explain(error, state) ??
    new DrydockError({
      code: 'defect',
      what: `This is a defect of Drydock: ${defectText(firstOf(error))}`,
      state,
      next: 'Give the same command with --verbose, and report what it prints.',
      cause: error,
    })
  );
}

function explain(error: unknown, state: string): DrydockError | undefined {
  if (error instanceof DrydockError) return error;
  // The first of several is what went wrong; the others happened while cleaning up after it.
  if (error instanceof AggregateError) return explain(firstOf(error), state);
  if (!(error instanceof Error)) return undefined;
  if (isConnectionLost(error)) {
    return new DrydockError({
      code: 'connection-lost',
      what: `The connection to the server was lost: ${error.message}`,
      state: isCommitInDoubt(error) ? `${IN_DOUBT} ${state}` : state,
      next: 'Give the same command again when the server answers.',
      cause: error,
    });
  }
  if (error instanceof NoRowError)
    return new DrydockError({ ...GONE, state, detail: error.detail, cause: error });
  if (sqlState(error)?.length === 5 && 'severity' in error) {
    const explanation = explainServerError(error);
    if (explanation === undefined) return undefined;
    return new DrydockError({ ...explanation, state, detail: (error as PostgresError).detail, cause: error });
  }
  return systemError(error, state);
}

/** The client cannot know what became of a COMMIT whose connection broke; the ledger does. */
const IN_DOUBT =
  'The connection broke during a COMMIT: whether that transaction took effect shows when the same command is given again. Apart from it:';

function firstOf(error: unknown): unknown {
  return error instanceof AggregateError ? (error.errors[0] as unknown) : error;
}

/** Server messages can quote row data: here they are named by SQLSTATE alone. */
function defectText(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}.`;
  if ('severity' in error) return `the server refused a statement (SQLSTATE ${sqlState(error)}).`;
  return /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
}
