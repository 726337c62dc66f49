import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command as `npm run build` makes it; `npm test` builds before it runs. */
export const MAIN =
  process.env.DRYDOCK_TEST_MAIN ?? fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Nothing listens on port 1. */
export const CLOSED_URL = 'postgres://app:hidden-pass-1@127.0.0.1:1/reddit';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command with no connection settings of ours in its environment. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, [MAIN, ...args], { env: { PATH, HOME, ...env } });
}

/** Collects what a started command writes, until it ends. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...text }));
  });
}

/** Runs the command to its end, stdin closed. */
export function drydock(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = start(args, env);
  child.stdin.end();
  return ended(child);
}
