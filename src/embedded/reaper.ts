import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/**
 * Stops the server and removes its directory when our process ends, however it ends: stop(), an error, Ctrl-C, a
 * crash, `kill -9`. A signal handler could not do that, for nothing runs after a SIGKILL. So a small shell waits
 * for the end of a pipe of which only we hold the other end (Node opens it close-on-exec, so neither the server nor
 * any other child of ours keeps it open), and the kernel closes that one for every dead process.
 *
 * The ordinary stop() goes the same way: what cleans up after a crash is what every test exercises.
 */
export interface Reaper {
  /** From now on this process is to be ended; a process group when the id is negative. */
  watch(pid: number): void;
  /** The watched process is gone, and its id may soon be somebody else's. */
  forget(): void;
  /** Ends the process, removes the directory, and says whether it is gone. */
  reap(): Promise<boolean>;
}

/**
 * The lines it reads say whom to end; the last one holds.
 *
 * - SIGQUIT first, PostgreSQL's immediate shutdown: the data are thrown away, so no checkpoint need be waited for,
 *   and unlike after a SIGKILL the shared memory is given back. The postmaster itself kills what has not stopped
 *   after 5 seconds, hence our limit of 10. initdb's group is ended by it too.
 * - A zombie counts as gone: in a container nobody may ever collect it.
 * - Signals sent to everybody (a closed terminal, a service manager) must not stop the one who cleans up.
 */
const script = `
trap '' HUP INT TERM QUIT
dir=$1 pid=
while read -r line; do pid=$line; done

alive() { kill -0 "$pid" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null; }
await() { i=0; while alive && [ "$i" -lt "$1" ]; do sleep 0.05; i=$((i + 1)); done; }
if [ -n "$pid" ]; then
  kill -QUIT "$pid" 2>/dev/null && await 200
  alive && kill -KILL "$pid" 2>/dev/null && await 40
fi

i=0
while [ -e "$dir" ] && [ "$i" -lt 40 ]; do
  rm -rf "$dir" 2>/dev/null || sleep 0.05
  i=$((i + 1))
done
[ ! -e "$dir" ]
`;

/** Starts the reaper of one directory, which must be ours alone. */
export async function startReaper(directory: string): Promise<Reaper> {
  let shell = await spawnShell(directory);
  let watched = '';
  const tell = (line: string) => {
    watched = line;
    shell.stdin?.write(`${line}\n`);
  };
  return {
    watch: (pid) => tell(String(pid)),
    forget: () => tell(''),
    async reap() {
      if (hasEnded(shell)) {
        // Somebody has ended the reaper itself; another one does the same work.
        shell = await spawnShell(directory);
        tell(watched);
      }
      const ended = once(shell, 'exit');
      shell.ref();
      shell.stdin?.end();
      const [status] = await ended;
      return status === 0;
    },
  };
}

async function spawnShell(directory: string): Promise<ChildProcess> {
  const shell = spawn('/bin/sh', ['-c', script, 'drydock-reaper', directory], {
    cwd: '/',
    detached: true, // its own session: Ctrl-C in our terminal is not for it
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(shell, 'spawn');
  // A write to a reaper that has been ended gives EPIPE here; reap() sees the same and starts another.
  shell.stdin?.on('error', () => {});
  // Waiting for us must not keep us alive.
  shell.unref();
  (shell.stdin as Socket).unref();
  return shell;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
