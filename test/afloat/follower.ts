import { type Command, startCommand } from '../faults/command.js';

/** `sync --follow`, at work in the background. */
export class Follower {
  readonly #main: string;
  readonly #databaseUrl: string;
  readonly #say: (line: string) => void;
  #command: Command | undefined;
  /** How often it was killed without warning. */
  kills = 0;
  readonly problems: string[] = [];

  constructor(main: string, databaseUrl: string, say: (line: string) => void) {
    this.#say = say;
    this.#main = main;
    this.#databaseUrl = databaseUrl;
  }

  /** Starts it; one that was there already is killed. */
  async start(): Promise<void> {
    if (this.#command !== undefined) {
      this.#command.process.kill('SIGKILL');
      this.kills += 1;
      await this.#end();
    }
    this.#command = startCommand({
      main: this.#main,
      args: ['sync', '--follow', '--json'],
      databaseUrl: this.#databaseUrl,
      limitSeconds: 86_400,
    });
  }

  /** Asks it to end. */
  async stop(): Promise<void> {
    this.#command?.process.kill('SIGTERM');
    await this.#end();
  }

  async #end(): Promise<void> {
    if (this.#command === undefined) return;
    const { stdout, stderr, status } = await this.#command.ended;
    this.#command = undefined;
    const told = `sync --follow ended by itself: ${(stdout + stderr).replaceAll(/\s+/g, ' ').slice(0, 500)}`;
    if (/"code": "defect"/.test(stdout)) this.problems.push(told);
    else if (status === 2) this.#say(`  ${told}`);
  }
}
