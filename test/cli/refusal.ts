import { failureOf, renderFailure } from '../../src/cli/failure.js';
import { scanGlobals } from '../../src/cli/globals.js';
import type { Sink } from '../../src/cli/io.js';
import { buildProgram } from '../../src/cli/program.js';
import { PLAIN } from '../../src/cli/style.js';
import type { Ended } from './process.js';

/** What the command line makes of arguments that it refuses, without a process of its own. */
export async function refusal(args: readonly string[]): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof written): Sink => {
    const raw = (text: string): void => {
      written[name] += text;
    };
    return {
      isTTY: false,
      style: PLAIN,
      stream: process[name],
      lines: (lines) => raw(`${lines.join('\n')}\n`),
      json: (document) => raw(JSON.stringify(document)),
      raw,
      reveal: raw,
    };
  };
  const unused = (): never => {
    throw new Error('a refused command line gets no further than its flags');
  };
  const err = sink('stderr');
  const program = await buildProgram(
    {
      globals: scanGlobals(args),
      out: sink('stdout'),
      err,
      signal: AbortSignal.abort(),
      log: unused,
      onEmergency: unused,
      stream: unused,
      finish: unused,
    },
    args,
  );
  const error: unknown = await program.parseAsync([...args], { from: 'user' }).then(
    () => unused(),
    (reason: unknown) => reason,
  );
  const failure = failureOf(error);
  const lines = renderFailure(failure, { ...PLAIN, width: Number.POSITIVE_INFINITY }, false);
  err.lines(lines);
  return { status: failure.exitStatus, ...written };
}
