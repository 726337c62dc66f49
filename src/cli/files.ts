import { DrydockError } from '../errors.js';
import { quoted } from '../format/printable.js';

/** The system did not let us write a file that was asked for. */
export function cannotWrite(file: string, cause: unknown): DrydockError {
  const { code = 'error' } = cause as NodeJS.ErrnoException;
  return new DrydockError({
    code: 'cannot-write',
    what: `The file ${quoted(file)} could not be written (${code}).`,
    state:
      'The work itself is done; only its file is missing, and what was in its place before is as it was.',
    next: 'Name another place, or make room or rights there, and give the command again.',
    cause,
  });
}
