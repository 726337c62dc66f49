/** One message of the Postgres protocol, version 3, whole. */
export interface Message {
  /** Its type byte; empty for the first one of a client, which has none. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** Cuts what one side sends into messages, however the network cuts it into pieces. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0);
  #untyped: boolean;

  constructor(side: 'client' | 'server') {
    this.#untyped = side === 'client';
  }

  read(piece: Buffer): Message[] {
    let rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const messages: Message[] = [];
    for (;;) {
      const head = this.#untyped ? 0 : 1;
      if (rest.length < head + 4) break;
      const end = head + rest.readInt32BE(head);
      if (rest.length < end) break;
      messages.push({ type: rest.toString('latin1', 0, head), bytes: rest.subarray(0, end) });
      this.#untyped = false;
      rest = rest.subarray(end);
    }
    this.#rest = rest;
    return messages;
  }
}

/** What a client's message asks for, when it is a statement: a query, or the end of a COPY's data. */
export function statementOf({ type, bytes }: Message): string | undefined {
  if (type === 'Q') return bytes.toString('utf8', 5, bytes.length - 1);
  if (type === 'c') return '(end of COPY data)';
  if (type !== 'P') return undefined;
  const text = bytes.indexOf(0, 5) + 1; // behind the name of the prepared statement
  return bytes.toString('utf8', text, bytes.indexOf(0, text));
}

/** Whether a server's message ends its answer: ready for the next query, or for the data of a COPY. */
export function endsAnswer({ type }: Message): boolean {
  return type === 'Z' || type === 'G';
}

/** The simple query `text` as a message. */
export function queryMessage(text: string): Buffer {
  const body = Buffer.from(`${text}\0`, 'utf8');
  const head = Buffer.alloc(5, 'Q');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
