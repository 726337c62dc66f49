import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PhaseName, PhaseRun, RunReport } from '../src/index.js';
import type { BenchServer } from './server.js';

const COMMAND = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));

/**
 * A process that is started takes over the peak memory of the one that starts it (Linux, `ru_maxrss`), and this one
 * has generated the data. A shell between the two has next to none.
 */
const SHELL = ['-c', '"$@"; exit $?', 'sh'] as const;

/** Runs the command as a process of its own, and gives the document that `--json` prints. */
export function drydock<T>(server: BenchServer, args: readonly string[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', [...SHELL, process.execPath, COMMAND, '--json', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, DATABASE_URL: server.url },
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(JSON.parse(output) as T);
      else reject(new Error(`drydock ${args.join(' ')} ended with status ${status}: ${output}`));
    });
  });
}

/** What one `drydock run` of one phase took. */
export interface Run {
  /** The whole command but its verification. */
  readonly seconds: number;
  readonly verifySeconds: number;
  readonly report: RunReport;
  readonly phase: PhaseRun;
}

/** @throws when the result was not verified: its time would mean nothing */
export async function runPhase(
  server: BenchServer,
  name: PhaseName,
  args: readonly string[] = [],
): Promise<Run> {
  const report = await drydock<RunReport>(server, ['run', '--phase', name, ...args]);
  const phase = report.phases[0];
  if (phase?.state !== 'verified') throw new Error(`phase ${name} was not verified: its time means nothing`);
  const verifySeconds = phase.seconds.verify;
  return { seconds: report.seconds - verifySeconds, verifySeconds, report, phase };
}

/** Back to the legacy tables alone. */
export async function rollback(server: BenchServer): Promise<void> {
  await drydock(server, ['rollback', '--phase', 'all', '--yes']);
}
