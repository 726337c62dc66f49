import { DrydockError } from '../errors.js';
import { type JsonLayout, printableJson } from '../format/printable.js';
import { type Redact, redactDeep } from './redact.js';
import { type Style, styleFor } from './style.js';

/** One of the two streams a person or a program reads: everything written to it is redacted. */
export interface Sink {
  readonly isTTY: boolean;
  readonly style: Style;
  lines(lines: readonly string[]): void;
  /** One JSON document; on one line where there are several. */
  json(document: unknown, layout?: JsonLayout): void;
  /** Redacted too, and otherwise as it is: for the progress bar and the log. */
  raw(text: string): void;
  /** Not redacted: only for the password of a server that this very process made for show. */
  reveal(line: string): void;
  /** The stream itself, for libraries that move the cursor. */
  readonly stream: NodeJS.WriteStream;
}

/** Wraps a stream. A reader that went away (EPIPE, as with `| head`) is no error: the work goes on, quietly. */
export function sink(
  stream: NodeJS.WriteStream,
  options: { readonly redact: Redact; readonly color: boolean; readonly env: NodeJS.ProcessEnv },
): Sink {
  const { redact, color, env } = options;
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw unwritable(error);
    gone = true;
  });
  const write = (text: string): void => {
    if (!gone) stream.write(text);
  };
  return {
    isTTY: stream.isTTY === true,
    get style() {
      return styleFor(stream, color, env);
    },
    lines: (lines) => lines.length > 0 && write(`${redact(lines.join('\n'))}\n`),
    json: (document, layout) => write(`${printableJson(redactDeep(document, redact), layout)}\n`),
    raw: (text) => write(redact(text)),
    reveal: (line) => write(`${line}\n`),
    stream,
  };
}

function unwritable(error: NodeJS.ErrnoException): DrydockError {
  return new DrydockError({
    code: 'output-failed',
    what: `What is to be printed cannot be written (${error.code ?? error.message}).`,
    state: 'What was committed is in the ledger, see `drydock status`.',
    next: 'Make room where the output goes, and give the command again.',
    cause: error,
  });
}
