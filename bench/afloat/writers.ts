import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchServer } from '../server.js';
import type { Written } from './writer.js';

const WRITER = fileURLToPath(new URL('./writer.js', import.meta.url));

let salt = 0;

/**
 * Lets writers write for a while, as a process of their own.
 *
 * @param perSecond 0: as fast as they can
 * @param enough ends them before their time
 */
export function write(
  server: BenchServer,
  options: { readonly connections: number; readonly seconds: number; readonly perSecond: number },
  enough?: AbortSignal,
): Promise<Written> {
  salt += 1;
  const args = [options.connections, options.seconds, options.perSecond, `${process.pid}_${salt}`].map(
    String,
  );
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WRITER, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, DATABASE_URL: server.url },
    });
    enough?.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(JSON.parse(output) as Written);
      else reject(new Error(`a writer ended with status ${status}`));
    });
  });
}
