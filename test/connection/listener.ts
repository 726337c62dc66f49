import { type AddressInfo, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a client asks for before the login. */
export interface Asked {
  /** It wanted encryption, which it was refused. */
  readonly tls: boolean;
  readonly user: string | undefined;
  readonly database: string | undefined;
  readonly options: string | undefined;
  readonly application: string | undefined;
}

const SSL_REQUEST = 80_877_103;
const VERSION_3 = 3 << 16;

/** A server that writes down what it is asked for, and refuses it. Where it listens on two ports, they are two servers. */
export async function listener(): Promise<{ readonly port: number; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((socket) => take(socket, asked));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, asked };
}

function take(socket: Socket, asked: Asked[]): void {
  let tls = false;
  socket.on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => {
    const code = bytes.length < 8 ? 0 : bytes.readInt32BE(4);
    if (code === SSL_REQUEST) {
      tls = true;
      socket.write('N');
    } else if (code >>> 16 === VERSION_3 >>> 16) {
      const words = bytes.toString('utf8', 8).split('\0');
      const given = new Map<string, string>();
      for (let at = 0; words[at]; at += 2) given.set(words[at] ?? '', words[at + 1] ?? '');
      asked.push({
        tls,
        user: given.get('user'),
        database: given.get('database'),
        options: given.get('options'),
        application: given.get('application_name'),
      });
      socket.end(refusal('3D000', 'written down'));
    }
  });
}

/** An ErrorResponse before the login. */
export function refusal(sqlState: string, message: string, routine = ''): Buffer {
  const text = `SFATAL\0VFATAL\0C${sqlState}\0M${message}\0${routine === '' ? '' : `R${routine}\0`}\0`;
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeInt32BE(Buffer.byteLength(text) + 4, 1);
  return Buffer.concat([head, Buffer.from(text)]);
}
