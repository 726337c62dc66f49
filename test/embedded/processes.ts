import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The command line of every process, its id in front. A zombie is listed as `<defunct>`, without its own. */
export async function commandLines(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,args='], {
    maxBuffer: 1 << 24,
  });
  return stdout.split('\n');
}
