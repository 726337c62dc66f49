import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WriterReport } from './writer.js';

/** The applications: each a process with a connection of its own, which nothing harms. */
export class Crew {
  readonly #writers: readonly { readonly process: ChildProcess; readonly report: Promise<WriterReport> }[];

  private constructor(writers: readonly { process: ChildProcess; report: Promise<WriterReport> }[]) {
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
        const report = Promise.race([
          once(child, 'message').then(([message]) => message as WriterReport),
          once(child, 'exit').then(([status]) => failed(at + 1, status as number | null)),
        ]);
        return { process: child, report };
      }),
    );
  }

  /** Whether every writer is at work. One that has ended by itself has found something. */
  get atWork(): boolean {
    return this.#writers.every(({ process: child }) => child.exitCode === null && child.signalCode === null);
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
