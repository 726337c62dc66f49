import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export interface GuardOptions {
  /** Names that the page is reached by, beside addresses and localhost. */
  readonly hosts: readonly string[];
  /** Null: everybody who reaches it may look. */
  readonly token: string | null;
}

/** Whether an address is this machine's alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

const COOKIE = 'drydock-monitor';

/** Lets in whoever may look at the page. */
export class Guard {
  readonly #hosts: ReadonlySet<string>;
  readonly #token: string | null;
  /** Of this process: a cookie is worth nothing after it, and the token does not stand in it. */
  readonly #key = randomBytes(32);

  constructor({ hosts, token }: GuardOptions) {
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
    this.#token = token;
  }

  get needsToken(): boolean {
    return this.#token !== null;
  }

  /**
   * Whether the request names us as its host. A page of somebody else's may make its own name point to this machine
   * (DNS rebinding), and would then read ours as its own; the browser still sends that name.
   */
  knowsHost({ headers: { host } }: IncomingMessage): boolean {
    const name = hostName(host ?? '');
    return isIP(name) !== 0 || name === 'localhost' || this.#hosts.has(name);
  }

  /** Whether the request bears the token, or the cookie that was given for it. */
  mayLook({ headers }: IncomingMessage): boolean {
    if (this.#token === null) return true;
    const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return this.isToken(bearer);
    const cookie = new RegExp(`(?:^|; )${COOKIE}=([0-9a-f]{64})(?:;|$)`).exec(headers.cookie ?? '')?.[1];
    return cookie !== undefined && sameText(cookie, this.#pass());
  }

  isToken(text: string): boolean {
    return this.#token !== null && sameText(text, this.#token);
  }

  /** The header that remembers who has given the token, until the browser is closed or this process ends. */
  cookie(): string {
    return `${COOKIE}=${this.#pass()}; HttpOnly; SameSite=Strict; Path=/`;
  }

  #pass(): string {
    return createHmac('sha256', this.#key)
      .update(this.#token ?? '')
      .digest('hex');
  }
}

/** In a time that tells nothing of where, or in what length, they differ. */
function sameText(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

/** The name or address of a Host header, without the port and the brackets. */
function hostName(host: string): string {
  const match = /^(?:\[([^\]]+)\]|([^:]*))(?::\d{1,5})?$/.exec(host.toLowerCase());
  return match?.[1] ?? match?.[2] ?? '';
}
