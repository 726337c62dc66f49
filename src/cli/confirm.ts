import { createInterface } from 'node:readline';
import { DrydockError } from '../errors.js';
import type { Session } from './session.js';

/** The person was asked and said no, or could not be asked. */
class NotConfirmedError extends DrydockError {
  override readonly name = 'NotConfirmedError';
  constructor(what: string, next: string) {
    super({ code: 'not-confirmed', what, state: 'Nothing was changed.', next });
  }
}

/**
 * Asks on the terminal for a word to be typed, so that a habitual Enter or `y` does no harm.
 *
 * @throws NotConfirmedError for any other answer, and where nobody can be asked
 */
export async function confirmWord(session: Session, question: string, word: string): Promise<void> {
  if (process.stdin.isTTY !== true || !session.err.isTTY || session.globals.json) {
    throw new NotConfirmedError(
      'There is no terminal to ask on.',
      'Give --yes to do it without being asked.',
    );
  }
  session.err.raw(`${question}\nType ${session.err.style.colors.bold(word)} to go on: `);
  const answer = await readLine(session.signal);
  if (answer === null) session.err.raw('\n');
  if (answer?.trim() !== word) {
    throw new NotConfirmedError(
      'It was not confirmed.',
      `Give the command again, and type ${word} or give --yes.`,
    );
  }
}

/** One line of stdin; null at its end, or when the signal comes. The terminal stays in line mode, Ctrl-C included. */
function readLine(signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, terminal: false, signal });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(null));
  });
}
