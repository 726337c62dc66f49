import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Progress, WriterReport } from './writer.js';

interface Writer {
  readonly process: ChildProcess;
  readonly report: Promise<WriterReport>;
  readonly writes: () => number;
}

/** The applications: each a process with a connection of its own, which nothing harms. */
export class Crew {
  readonly #writers: readonly Writer[];

  private constructor(writers: readonly Writer[]) {
    this.#writers = writers;
  }

  static start(
    url: string,
    options: { readonly writers: number; readonly seed: number; readonly app: string },
  ): Crew {
    const file = fileURLToPath(new URL('./writer.js', import.meta.url));
    return new Crew(
      Array.from({ length: options.writers }, (_, at) => {
        const child = fork(file, [url, String(options.seed), String(at + 1), options.app], {
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        });
        let writes = 0;
        const report = new Promise<WriterReport>((tell) => {
          child.on('message', (message: Progress | WriterReport) => {
            writes = message.writes;
            if ('problems' in message) tell(message);
          });
          child.on('exit', (status) => tell(failed(at + 1, status)));
        });
        return { process: child, report, writes: () => writes };
      }),
    );
  }

  /** Whether every writer is at work. One that has ended by itself has found something. */
  get atWork(): boolean {
    return this.#writers.every(({ process: child }) => child.exitCode === null && child.signalCode === null);
  }

  /** What they have written so far. */
  get writes(): number {
    return this.#writers.reduce((sum, { writes }) => sum + writes(), 0);
  }

  /** Lets every writer finish its transaction, and asks what it did. */
  async stop(): Promise<WriterReport[]> {
    for (const { process: child } of this.#writers) if (child.connected) child.send('stop');
    return Promise.all(this.#writers.map(({ report }) => report));
  }

  kill(): void {
    for (const { process: child } of this.#writers) child.kill('SIGKILL');
  }
}

function failed(number: number, status: number | null): WriterReport {
  const problems = [`writer ${number} ended with status ${status}`];
  return { transactions: 0, rolledBack: 0, writes: 0, direct: 0, waits: [], problems };
}
