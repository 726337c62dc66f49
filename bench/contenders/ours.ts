import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RunReport } from '../../src/index.js';
import type { BenchServer } from '../server.js';

const COMMAND = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

/** What one run of the command took. */
export interface OurRun {
  readonly seconds: number;
  readonly verifySeconds: number;
  readonly legacyRows: number;
  readonly peakRssBytes: number;
}

/** Runs the opportunities phase from nothing, as a process of its own, so that its memory is its own too. */
export async function ours(server: BenchServer): Promise<OurRun> {
  await drydock(server, ['rollback', '--phase', 'opportunities', '--yes']);
  const report = (await drydock(server, ['run', '--phase', 'opportunities'])) as RunReport;
  const phase = report.phases[0];
  if (phase?.state !== 'verified') throw new Error('the run was not verified: its time means nothing');
  return {
    seconds: report.seconds - phase.seconds.verify,
    verifySeconds: phase.seconds.verify,
    legacyRows: phase.rowsRead,
    peakRssBytes: report.peakRssBytes,
  };
}

function drydock(server: BenchServer, args: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, '--json', '--database-url', server.url, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(JSON.parse(output));
      else reject(new Error(`drydock ${args.join(' ')} ended with status ${status}: ${output}`));
    });
  });
}
