import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a run of the command ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** It had to be killed, because it did not end by itself. */
  readonly hung: boolean;
}

/** A running command. */
export interface Command {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `drydock` as a user would: the built command, in a process of its own. */
export function startCommand(options: {
  /** The built `main.js`. */
  readonly main: string;
  readonly args: readonly string[];
  readonly databaseUrl: string;
  readonly limitSeconds: number;
}): Command {
  const { PATH = '', HOME = '' } = process.env;
  const start = performance.now();
  const child = spawn(process.execPath, [options.main, ...options.args], {
    env: { PATH, HOME, DATABASE_URL: options.databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
    });
  }
  let hung = false;
  const limit = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, options.limitSeconds * 1000);
  const ended = once(child, 'close').then(([status, signal]): Ended => {
    clearTimeout(limit);
    return { status, signal, ...text, seconds: (performance.now() - start) / 1000, hung };
  });
  return { process: child, ended };
}
