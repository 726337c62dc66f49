import { startCommand } from './command.js';
import { rowsOf } from './old-names.js';
import { StatementProxy } from './proxy.js';
import { argumentsOf, fillScenario, type Scenario } from './scenario.js';
import { FaultServer } from './server.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';

/** A scenario made ready: a database to clone, and what a run that nothing disturbs makes of it. */
export interface Prepared {
  readonly template: string;
  readonly expected: Snapshot;
  /** What an application reads under the names of the legacy tables, before the command and after it. */
  readonly oldNames: readonly string[];
  /** The statements of the undisturbed run, in their order. */
  readonly statements: readonly string[];
  /** From the first statement to the last. */
  readonly seconds: number;
}

const LIMIT_SECONDS = 120;

/** A server of its own, and the scenarios that were asked for so far. */
export class Workshop {
  readonly server: FaultServer;
  readonly #main: string;
  readonly #prepared = new Map<string, Promise<Prepared>>();
  #databases = 0;

  private constructor(server: FaultServer, main: string) {
    this.server = server;
    this.#main = main;
  }

  /** @param main the built `main.js` that is right: what it makes is what is expected */
  static async open(main: string): Promise<Workshop> {
    return new Workshop(await FaultServer.start(), main);
  }

  close(): Promise<void> {
    return this.server.stop();
  }

  /** @param lanes of the undisturbed run; its statements come in one order only with one lane */
  prepare(scenario: Scenario, lanes: number): Promise<Prepared> {
    const name = `${scenario.name} ${lanes}`;
    const known = this.#prepared.get(name) ?? this.#make(scenario, lanes);
    this.#prepared.set(name, known);
    return known;
  }

  /** A clone of a template, or a new database; dropped by {@link drop}. */
  async create(template: string, tablespace = 'pg_default'): Promise<string> {
    const database = `faults_${++this.#databases}`;
    // Copying files is quicker than writing them to the log, and as safe: a checkpoint comes with it.
    await this.server.with('postgres', (client) =>
      client.query(
        `create database ${database} template ${template} tablespace ${tablespace} strategy file_copy`,
      ),
    );
    return database;
  }

  async drop(database: string): Promise<void> {
    await this.server.with('postgres', (client) => client.query(`drop database ${database} with (force)`));
  }

  async #make(scenario: Scenario, lanes: number): Promise<Prepared> {
    const template = await this.create('template0');
    const connect = () => this.server.connect(template);
    await fillScenario(scenario, connect, async (args) => void (await this.#undisturbed(template, args)));
    const database = await this.create(template);
    const { statements, seconds } = await this.#undisturbed(database, argumentsOf(scenario, lanes, true));
    const expected = await this.server.with(database, (client) => takeSnapshot(client, !scenario.replace));
    const before = await this.server.with(template, (client) => takeSnapshot(client, false));
    const oldNames = await this.server.with(template, (client) => rowsOf(client, scenario.mixture));
    await this.drop(database);
    // The legacy tables as they were before a run, not as it left them; a change of names moves them.
    const legacy = scenario.turn === null ? before.legacy : expected.legacy;
    return { template, expected: { ...expected, legacy }, oldNames, statements, seconds };
  }

  async #undisturbed(
    database: string,
    args: readonly string[],
  ): Promise<Pick<Prepared, 'statements' | 'seconds'>> {
    const statements: string[] = [];
    let [first, last] = [0, 0];
    const proxy = await StatementProxy.open(this.server.urlOf(database), ({ text, number }, position) => {
      if (position === 'before') statements.push(text);
      last = performance.now();
      if (number === 1 && position === 'before') first = last;
    });
    try {
      const { status, stdout, stderr } = await startCommand({
        main: this.#main,
        args,
        databaseUrl: proxy.url,
        limitSeconds: LIMIT_SECONDS,
      }).ended;
      if (status !== 0)
        throw new Error(`an undisturbed run ended with status ${status}:\n${stdout}${stderr}`);
    } finally {
      proxy.close();
    }
    return { statements, seconds: (last - first) / 1000 };
  }
}
