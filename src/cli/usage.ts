import type { CommanderError } from 'commander';
import { DrydockError } from '../errors.js';

/** The command line itself is wrong: nothing was tried. */
export class UsageError extends DrydockError {
  override readonly name = 'UsageError';

  /** `command` is what was meant, such as `run`; null where even that is not known. */
  constructor(what: string, command: string | null) {
    super({
      code: 'usage',
      what,
      state: 'Nothing was done.',
      next: `See \`drydock ${command === null ? '' : `${command} `}--help\`.`,
    });
  }
}

/** Commander's words as a sentence: `error: unknown option '--x'\n(Did you mean --y?)` and its like. */
export function usageError(error: CommanderError, command: string | null): UsageError {
  if (error.code === 'commander.help') return new UsageError('A command is missing.', null);
  // `--pasword=secret`: the name is told, the value is not.
  const message = error.message.replace(/^error: /, '').replace(/'(--[^='\s]+)=.*'/s, "'$1'");
  const [first = '', hint] = message.split('\n');
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replace(/\.?$/, '.');
  return new UsageError(
    hint === undefined ? sentence : `${sentence} ${hint.replace(/^\(|\)$/g, '')}`,
    command,
  );
}
