import { type Logger, pino, stdTimeFunctions } from 'pino';
import { printable } from '../format/printable.js';
import type { Globals } from './globals.js';
import type { Sink } from './io.js';

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly [field: string]: unknown;
}

/**
 * The log, on stderr: one JSON object a line with `--log-format json`, else plain lines. `--verbose` adds each batch
 * and each fact's fields. With `--json` alone it is silent: what it would say is in the document.
 */
export function createLog(globals: Globals, sink: Sink): Logger {
  const level = globals.verbose ? 'debug' : globals.json ? 'silent' : 'info';
  const write = (line: string): void =>
    sink.raw(globals.logFormat === 'json' ? line : formatLine(JSON.parse(line) as Line, globals.verbose));
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
}

/** One log line for a person: the message, and only when asked for the time, the level and the fields. */
function formatLine(line: Line, verbose: boolean): string {
  const { level, time, msg = '', ...fields } = line;
  const mark = level === 'info' || level === 'debug' ? '' : `${level === 'warn' ? 'warning' : level}: `;
  const text = `${mark}${printable(msg)}`;
  if (!verbose) return `${text}\n`;
  const facts = Object.entries(fields).map(([name, value]) => ` ${name}=${printable(JSON.stringify(value))}`);
  return `${time.slice(11, 23)} ${level.padEnd(5)} ${text}${facts.join('')}\n`;
}
