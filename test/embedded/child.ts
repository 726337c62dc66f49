import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { ServerOptions } from '../../src/embedded/server.js';

const builtFile = join('dist', 'src', 'embedded', 'server.js');

/** What the child says once its server is up, or why it is not. */
export interface Report {
  readonly pid: number;
  readonly dataDir: string;
  readonly version: string;
  readonly error?: string;
}

/** A Node process that starts an embedded server from the built files of a project, reports, and stays until it is killed. */
export function startChild(project: string, options: ServerOptions): ChildProcess {
  const built = join(project, builtFile);
  if (!existsSync(built)) throw new Error(`${built} is missing: run "npm run build" first`);
  const program = `
    import pg from 'pg';
    const { startServer } = await import(${JSON.stringify(pathToFileURL(built).href)});
    try {
      const { url, pid, dataDir } = await startServer(${JSON.stringify(options)});
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const version = (await client.query('select version()')).rows[0].version;
      await client.end();
      console.log(JSON.stringify({ pid, dataDir, version }));
      setInterval(() => {}, 1000);
    } catch (error) {
      console.log(JSON.stringify({ error: error.name }));
    }
  `;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: project,
    detached: true, // a process group of its own, as a shell would give it: a Ctrl-C goes to the group
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

export async function reportOf(child: ChildProcess): Promise<Report> {
  if (!child.stdout) throw new Error('the child has no output');
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  if (line === undefined) throw new Error('the child ended without a report');
  return JSON.parse(line) as Report;
}
