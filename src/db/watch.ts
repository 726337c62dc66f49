import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { sqlState } from './sqlstate.js';

/** How long a connection may bring nothing before the server is asked about it. */
const QUIET_MS = 8_000;
const LOOK_EVERY_MS = 1_000;
/** Only a second silent look counts: the answer may have been on its way at the first one. */
const LOOKS = 2;

/** A connection as the watch sees it. */
export interface Watched {
  readonly client: pg.Client;
  /** Whether an answer of the server is awaited. */
  isWaiting(): boolean;
  /** As the server itself names it, which is not what a pooler said at the login. */
  readonly backend: number;
}

/** What can be done about a backend over another connection. */
export interface Backends {
  /** Whether it is at work on a statement. */
  isAtWork(backendPid: number): Promise<boolean>;
  /** Ends it: it may hold locks for a client that it waits for in vain. */
  end(backendPid: number): Promise<void>;
}

/**
 * Ends a connection that has gone silent. A network can swallow a connection without a word (a firewall that
 * forgets it, a dead peer behind a proxy), and a statement may rightly take hours, so time alone says nothing.
 * But a backend that is not at work has answered already, or was never asked: then nothing will come any more.
 * TCP's own keep-alive only sees the nearest hop, and after two hours by default.
 *
 * @returns ends the watch
 */
export function watchOver({ client, isWaiting, backend }: Watched, backends: Backends): () => void {
  const socket = client.connection.stream as Duplex & {
    readonly bytesRead?: number;
    readonly bytesWritten?: number;
  };
  let [moved, since, silent, asking] = [-1, 0, 0, false];
  const look = async (): Promise<void> => {
    const now = performance.now();
    const bytes = (socket.bytesRead ?? 0) + (socket.bytesWritten ?? 0);
    // What has come and is not yet read is for us to work on, not for the server.
    if (!isWaiting() || bytes !== moved || socket.readableLength > 0) {
      [moved, since, silent] = [bytes, now, 0];
      return;
    }
    if (asking || now - since < QUIET_MS) return;
    asking = true;
    const works = await backends.isAtWork(backend).catch(
      // The server answered, if only with a refusal: nothing is known about the connection.
      (error: unknown) => sqlState(causeOf(error))?.length === 5,
    );
    asking = false;
    if (works) [since, silent] = [performance.now(), 0];
    else silent += 1;
    if (silent < LOOKS) return;
    clearInterval(timer);
    // Where the server cannot be reached, it finds out by itself: see the session's settings.
    await backends.end(backend).catch(() => undefined);
    const stalled = new Error('the connection has gone silent, and the server is not at work for it');
    socket.destroy(Object.assign(stalled, { code: 'ETIMEDOUT' }));
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}
