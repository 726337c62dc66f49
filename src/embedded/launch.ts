import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type ServerUser, serverEnvironment } from './server-user.js';

/** A running program of the server. */
export interface Launched {
  /** Undefined when it could not even be started; `ended` says why. */
  readonly pid: number | undefined;
  /** How it ended, as the end of a sentence ("exited with status 1"). Never rejects. */
  readonly ended: Promise<string>;
  /** Lets our process end before this one does. */
  unref(): void;
}

/** How a program ended that was content. */
export const succeeded = 'exited with status 0';

/**
 * Starts `initdb` or `postgres` as the server's user, in a session of its own: a Ctrl-C in our terminal is for us.
 * It writes into a file, begun anew, and not into a pipe, for it may live a moment longer than we do.
 *
 * Synchronous, so that no moment lies between the start and the caller's telling the reaper.
 */
export function launch(
  program: string,
  site: { readonly user: ServerUser; readonly directory: string; readonly log: string },
  args: readonly string[],
): Launched {
  const log = openSync(site.log, 'w', 0o600);
  try {
    const child = spawn(program, args, {
      ...site.user.credentials,
      cwd: site.directory,
      env: serverEnvironment,
      detached: true,
      stdio: ['ignore', log, log],
    });
    return { pid: child.pid, ended: endOf(child), unref: () => child.unref() };
  } finally {
    closeSync(log);
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be run (${error.message})`));
    child.once('exit', (status, signal) =>
      resolve(signal ? `was ended by ${signal}` : `exited with status ${status}`),
    );
  });
}
