import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** Runs a command with our own output; when it fails, so do we, with its exit status. */
export function run(cwd, command, args) {
  const { status, signal, error } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (error) throw error;
  if (signal) process.kill(process.pid, signal);
  if (status !== 0) process.exit(status ?? 1);
}
