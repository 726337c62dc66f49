import { createHmac, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { limitedSignal } from '../../db/limited-signal.js';
import { DrydockError } from '../../errors.js';
import type { AlertChange, WebhookConfig } from '../../reports/monitor.js';
import { MONITOR_DEFAULTS } from '../thresholds.js';

/** What a webhook is sent: all that changed at one check. */
export interface WebhookBody {
  readonly at: string;
  readonly database: string | null;
  readonly schema: string;
  readonly changes: readonly AlertChange[];
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** Deliveries that may wait while the receiver does not answer; then the oldest is given up. */
const MOST_WAITING = 100;

/** Answers that say: not now. Any other refusal would be the same the next time. */
const TRY_AGAIN = new Set([408, 425, 429]);

/**
 * The signature of a body: HMAC-SHA256 over the time, a dot and the body. With the time in it, what was recorded
 * cannot be sent again later as if it were new.
 */
function signatureOf(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** The secret that bodies are signed with, from a file or from the environment; it is never printed. */
export async function webhookSecret(
  config: WebhookConfig,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const name = config.secretEnv ?? MONITOR_DEFAULTS.secretEnv;
  const { secretFile } = config;
  const secret =
    secretFile === undefined
      ? env[name]
      : await readFile(secretFile, 'utf8').then(
          (text) => text.trim(),
          () => undefined,
        );
  if (secret) return secret;
  throw new DrydockError({
    code: 'no-webhook-secret',
    what: `There is no secret to sign the webhook with: ${secretFile === undefined ? `${name} is not set` : `the file ${secretFile} is empty or cannot be read`}.`,
    state: 'The monitor did not start.',
    next: 'Set it, and give the same secret to the receiver, which checks the header Drydock-Signature.',
  });
}

/** Delivers in the background, one after the other, in order. */
export class Webhook {
  readonly #config: WebhookConfig;
  readonly #secret: string;
  readonly #signal: AbortSignal | undefined;
  readonly #failed: (message: string) => void;
  readonly #waiting: string[] = [];
  #working: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(options: {
    readonly config: WebhookConfig;
    readonly secret: string;
    readonly signal?: AbortSignal | undefined;
    /** Told in a sentence without the URL's path, which may be a secret. */
    failed(message: string): void;
  }) {
    this.#config = options.config;
    this.#secret = options.secret;
    this.#signal = options.signal;
    this.#failed = options.failed;
  }

  send(body: WebhookBody): void {
    if (this.#waiting.push(JSON.stringify(body)) > MOST_WAITING) {
      this.#waiting.shift();
      this.#failed('The webhook does not keep up: the oldest delivery was given up.');
    }
    if (this.#busy) return;
    this.#busy = true;
    this.#working = this.#work();
  }

  /** Until nothing waits any more: everything is delivered, or was given up. */
  async settled(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    for (let body = this.#waiting.shift(); body !== undefined; body = this.#waiting.shift()) {
      await this.#deliver(body);
    }
    this.#busy = false;
  }

  async #deliver(body: string): Promise<void> {
    const id = randomUUID(); // the same at each attempt, so that a receiver can tell one that it has
    const { attempts, url } = this.#config;
    let why = '';
    for (let attempt = 1; attempt <= attempts && this.#signal?.aborted !== true; attempt += 1) {
      const answer = await this.#attempt(id, body);
      if (answer === null) return;
      why = answer.why;
      if (!answer.again) break;
      if (attempt === attempts) break;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
      await sleep(wait / 2 + Math.random() * (wait / 2), undefined, { signal: this.#signal }).catch(
        () => undefined,
      );
    }
    this.#failed(
      `An alert could not be delivered to the webhook at ${new URL(url).host}: ${why || 'stopped'}.`,
    );
  }

  /** Null: delivered. */
  async #attempt(
    id: string,
    body: string,
  ): Promise<{ readonly why: string; readonly again: boolean } | null> {
    const { url, timeoutSeconds } = this.#config;
    const limited = limitedSignal(this.#signal, timeoutSeconds * 1000);
    try {
      const { status, body: answer } = await fetch(url, {
        method: 'POST',
        redirect: 'manual', // the signed body is for this receiver, and for no other
        headers: {
          'content-type': 'application/json',
          'user-agent': 'drydock',
          'drydock-delivery': id,
          'drydock-signature': signatureOf(this.#secret, Math.floor(Date.now() / 1000), body),
        },
        body,
        signal: limited.signal,
      });
      await answer?.cancel();
      if (status >= 200 && status < 300) return null;
      return { why: `it answered ${status}`, again: status >= 500 || TRY_AGAIN.has(status) };
    } catch (error) {
      const isLate = limited.signal.aborted && this.#signal?.aborted !== true;
      return { why: isLate ? `no answer in ${timeoutSeconds} s` : causeOf(error), again: true };
    } finally {
      limited.end();
    }
  }
}

/** The driver says only "fetch failed"; its cause has the reason, as a code. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return cause?.code ?? 'the request failed';
}
