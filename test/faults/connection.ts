import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Random } from '../../fixtures/random.js';
import { endsAnswer, type Message, MessageReader, statementOf } from './wire.js';

/** A statement on its way. */
export interface Statement {
  /** Counted over all connections of the process, in the order in which they arrive. */
  readonly number: number;
  readonly text: string;
  readonly connection: Connection;
}

/** Where a statement can be stopped: the server has not seen it; the client has not heard the answer; it has. */
export const POSITIONS = ['before', 'sent', 'answered'] as const;
export type Position = (typeof POSITIONS)[number];

/** Who is told of each statement at each of its positions; the connection waits meanwhile. */
export type Watcher = (statement: Statement, position: Position) => Promise<void> | void;

/** One connection between the process and the server, with all that can happen to it on the way. */
export class Connection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #numbered: () => number;
  readonly #watch: Watcher;
  readonly #pieces: Random | undefined;
  /** Asked and not answered yet: a pipeline of them is possible. */
  readonly #asked: Statement[] = [];
  #stalled: Promise<never> | undefined;
  #late: Promise<unknown> | undefined;
  #replacement: Buffer | undefined;
  #begun: Statement | undefined;
  /** Process id of the backend; 0 before the login. */
  backend = 0;

  constructor(parts: {
    readonly client: Socket;
    readonly server: Socket;
    /** Gives the number of the next statement. */
    readonly numbered: () => number;
    readonly watch: Watcher;
    /** Sends the server's bytes on in small pieces of random length. */
    readonly pieces: Random | undefined;
  }) {
    this.#client = parts.client;
    this.#server = parts.server;
    this.#numbered = parts.numbered;
    this.#watch = parts.watch;
    this.#pieces = parts.pieces;
    for (const socket of [this.#client, this.#server]) socket.on('error', () => undefined);
    void this.#pump(this.#client, 'client', (message) => this.#fromClient(message));
    void this.#pump(this.#server, 'server', (message) => this.#fromServer(message));
  }

  get open(): boolean {
    return !this.#client.destroyed && !this.#server.destroyed;
  }

  /** Breaks both sides at once. */
  cut(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  /** Passes nothing on any more, in either direction, and stays open. */
  stall(): void {
    this.#stalled = new Promise(() => undefined);
  }

  /** Lets the statement that is held arrive only then, its client gone or not: a network may be slow. */
  deliverLate(then: Promise<unknown>): void {
    this.#late = then;
  }

  /** What the server gets in the place of the statement that is held. */
  replace(message: Buffer): void {
    this.#replacement = message;
  }

  async #pump(from: Socket, side: 'client' | 'server', pass: (message: Message) => Promise<void>) {
    const reader = new MessageReader(side);
    try {
      for await (const piece of from) for (const message of reader.read(piece as Buffer)) await pass(message);
    } catch {
      // A side that was cut: the other one learns of it below.
    }
    if (side === 'client' && this.#late !== undefined) return;
    if (this.#stalled === undefined) (side === 'client' ? this.#server : this.#client).end();
    else this.#server.destroy();
  }

  async #fromClient(message: Message): Promise<void> {
    await this.#stalled;
    const text = statementOf(message);
    let { bytes } = message;
    if (text !== undefined) {
      const statement = { number: this.#numbered(), text, connection: this };
      await this.#watch(statement, 'before');
      await this.#stalled;
      await this.#late;
      this.#asked.push(statement);
      bytes = this.#replacement ?? bytes;
      this.#replacement = undefined;
    }
    await send(this.#server, bytes);
  }

  async #fromServer(message: Message): Promise<void> {
    await this.#stalled;
    if (message.type === 'K') this.backend = message.bytes.readInt32BE(5);
    const statement = this.#asked[0];
    if (statement !== undefined && statement !== this.#begun) {
      this.#begun = statement;
      await this.#watch(statement, 'sent');
      await this.#stalled;
    }
    await this.#deliver(message.bytes);
    if (!endsAnswer(message)) return;
    this.#asked.shift();
    if (statement !== undefined) await this.#watch(statement, 'answered');
    if (this.#late !== undefined) this.#server.end();
  }

  async #deliver(bytes: Buffer): Promise<void> {
    if (this.#pieces === undefined) return send(this.#client, bytes);
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + this.#pieces.int(bytes.length > 64 ? 400 : 7);
      await send(this.#client, bytes.subarray(at, at + length));
      at += length;
      await turn();
    }
  }
}

/** Writes, and waits where the receiver is slow; what was cut takes nothing. */
async function send(socket: Socket, bytes: Buffer): Promise<void> {
  if (socket.destroyed || socket.writableEnded || socket.write(bytes)) return;
  await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
}
