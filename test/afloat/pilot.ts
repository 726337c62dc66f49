import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../fixtures/random.js';
import { Cleanup } from '../../src/db/cleanup.js';
import { type Command, type Ended, startCommand } from '../faults/command.js';
import { POSITIONS, type Statement } from '../faults/connection.js';
import type { Kind } from '../faults/kind.js';
import { cancel, terminate, terminateAll } from '../faults/kinds/backend.js';
import { cut, cutAll, cutCommit } from '../faults/kinds/network.js';
import { interrupt, kill, lateCommit } from '../faults/kinds/process.js';
import { StatementProxy } from '../faults/proxy.js';
import type { FaultServer } from '../faults/server.js';
import { Trap } from '../faults/trap.js';

/** What may happen to Drydock while applications are at work: nothing that ends their connections too. */
const KINDS: readonly Kind[] = [
  kill,
  kill,
  kill,
  lateCommit,
  interrupt,
  terminate,
  terminateAll,
  cancel,
  cut,
  cutAll,
  cutCommit,
];

/** Commands that change what the old names are, and the statements with which they do: half of the shots aim there. */
const TURNS: readonly string[] = ['cutover', 'rollback', 'complete'];
const BEHIND_LOCKS =
  /lock table|^alter table|^drop view|^create (or replace )?view|drydock\.(moved_tables|cutovers)|^update drydock\.phases/i;

const LIMIT_SECONDS = 120;
const AGAIN = 5;
/** Statements of a command, before one of its kind was seen. */
const SOME_STATEMENTS = 60;

const DEFECT = /This is a defect|"code": "defect"/;
const DIFFERENT = /"equal": false|"balanced": false|"ok": false|"code": "different"/;

interface Finding {
  readonly verdict: string;
  readonly code: string;
  readonly next: string;
}

export interface Told {
  readonly status: number | null;
  readonly stdout: string;
}

/** Gives Drydock's commands, and shoots at them. */
export class Pilot {
  readonly #server: FaultServer;
  readonly #database: string;
  readonly #main: string;
  readonly #random: Random;
  readonly #share: number;
  readonly #say: (line: string) => void;
  readonly #statements = new Map<string, number>();
  readonly problems: string[] = [];
  /** The first command that called both sides different. */
  readonly alarms: string[] = [];
  faults = 0;
  commands = 0;

  /** @param share of the commands that are shot at */
  constructor(parts: {
    readonly server: FaultServer;
    readonly database: string;
    readonly main: string;
    readonly random: Random;
    readonly share: number;
    readonly say: (line: string) => void;
  }) {
    this.#server = parts.server;
    this.#database = parts.database;
    this.#main = parts.main;
    this.#random = parts.random;
    this.#share = parts.share;
    this.#say = parts.say;
  }

  /**
   * Gives a command until it has done its work: again after a fault, as an operator would.
   *
   * @param isDone asked before it is given again: a command whose answer was lost may have done its work
   */
  async give(
    args: readonly string[],
    isDone: () => Promise<boolean> = async () => false,
  ): Promise<Told | undefined> {
    for (let attempt = 1; attempt <= AGAIN; attempt += 1) {
      const kind = attempt < 4 && this.#random.chance(this.#share) ? this.#random.pick(KINDS) : undefined;
      const { ended, harm } = await this.#once(args, kind);
      const told = `${ended.stdout}${ended.stderr}`;
      this.#say(
        `  ${args.join(' ')}: ${ended.signal ?? `status ${ended.status}`} in ${ended.seconds.toFixed(1)} s${harm === undefined ? '' : ` (${harm})`}`,
      );
      if (ended.hung) this.problems.push(`${args.join(' ')} did not end within ${LIMIT_SECONDS} s`);
      if (DEFECT.test(told))
        this.problems.push(`${args.join(' ')} called something a defect: ${told.slice(0, 800)}`);
      if (DIFFERENT.test(told)) await this.#sayWhatDiffers(args);
      if (ended.status === 0) return ended;
      if (harm === undefined) this.#say(`    ${told.replaceAll(/\s+/g, ' ').slice(0, 600)}`);
      if (await isDone()) return undefined;
      await this.#heed(ended);
      await sleep(harm === undefined ? 1_000 : this.#random.int(500));
    }
    this.problems.push(`${args.join(' ')} did not do its work in ${AGAIN} attempts`);
    return undefined;
  }

  /** Does what a refused cutover says that is to be done before. */
  async #heed({ status, stdout }: Ended): Promise<void> {
    if (status !== 1) return;
    const { phases } = JSON.parse(stdout) as {
      readonly phases: readonly { findings?: readonly Finding[] }[];
    };
    for (const { verdict, code, next } of phases.flatMap(({ findings }) => findings ?? [])) {
      if (verdict !== 'stops') continue;
      if (code === 'state' && next.startsWith('drydock '))
        await this.give([...next.split(' ').slice(1), '--json']);
      else this.problems.push(`a command was refused: ${code}, ${next}`);
    }
  }

  /** At rest both sides are equal: whoever says otherwise raises a false alarm, or has found something. */
  async #sayWhatDiffers(args: readonly string[]): Promise<void> {
    if (this.alarms.length > 0) return;
    const { ended } = await this.#once(['verify', '--json'], undefined);
    const rows = [...ended.stdout.replaceAll(/\s+/g, ' ').matchAll(/\{ "table": "\w+", "batch".{0,200}/g)];
    this.alarms.push(
      `${args.join(' ')} called both sides different: ${rows.length === 0 ? 'and verify found nothing' : rows.slice(0, 3).join('; ')}`,
    );
  }

  async #once(
    args: readonly string[],
    kind: Kind | undefined,
  ): Promise<{ ended: Ended; harm: string | undefined }> {
    const heal = new Cleanup();
    const usual = this.#statements.get(args[0] ?? '') ?? SOME_STATEMENTS;
    let harm: string | undefined;
    let command: Command | undefined;
    const spring = async (statement: Statement, position: (typeof POSITIONS)[number]) => {
      if (kind === undefined) return;
      const site = {
        server: this.#server,
        database: this.#database,
        proxy,
        process: command?.process,
        random: this.#random,
        statement,
        position,
        heal,
      };
      harm = `${kind.name} ${position} ${JSON.stringify(statement.text.replaceAll(/\s+/g, ' ').slice(0, 60))}`;
      this.faults += 1;
      await kind.inject(site, undefined);
    };
    const position = this.#random.pick(kind?.positions ?? POSITIONS);
    const turns = TURNS.includes(args[0] ?? '') && this.#random.chance(0.5);
    const moment =
      kind?.when === 'commit'
        ? ({ at: 'text', text: /^commit/i, nth: 1 + this.#random.int(4), position } as const)
        : turns
          ? ({ at: 'text', text: BEHIND_LOCKS, nth: 1 + this.#random.int(8), position } as const)
          : ({ at: 'number', number: 1 + this.#random.int(usual), position } as const);
    const trap = new Trap(moment, [], spring, () => undefined);
    const proxy: StatementProxy = await StatementProxy.open(this.#server.urlOf(this.#database), trap.watch);
    this.commands += 1;
    try {
      command = startCommand({ main: this.#main, args, databaseUrl: proxy.url, limitSeconds: LIMIT_SECONDS });
      const ended = await command.ended;
      if (harm === undefined) this.#statements.set(args[0] ?? '', proxy.statements);
      return { ended, harm };
    } finally {
      await heal.unwind().catch(() => undefined);
      proxy.close();
    }
  }
}
