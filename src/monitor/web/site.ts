import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MonitorReport } from '../../reports/monitor.js';
import type { Asset } from './assets.js';
import { Events } from './events.js';
import { readForm } from './form.js';
import { Guard } from './guard.js';
import { HEADERS } from './headers.js';
import { metricsOf } from './metrics.js';
import type { WebOptions } from './web-options.js';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A check that is older than this many intervals, and this many milliseconds, says nothing of now. */
const FRESH_INTERVALS = 3;
const FRESH_MS = 10_000;

const LONGEST_KEY = 1_000;

/** What a visitor without a token may have: the form that asks for it, and the files that it is made of. */
const OPEN_FILES: ReadonlySet<string> = new Set(['/page.css', '/favicon.svg']);

/** Answers the requests: who may ask, and what for. */
export class Site {
  readonly #assets: ReadonlyMap<string, Asset>;
  readonly #guard: Guard;
  readonly #events = new Events();
  readonly #freshMs: number;
  readonly #explain: WebOptions['explain'];
  /** A question may go through whole tables: there is one at a time. */
  #isAsking = false;
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(
    assets: ReadonlyMap<string, Asset>,
    { host, hosts, token, intervalSeconds, explain }: WebOptions,
  ) {
    this.#assets = assets;
    this.#guard = new Guard({ hosts: [host, ...hosts], token });
    this.#explain = explain;
    this.#freshMs = FRESH_INTERVALS * intervalSeconds * 1000 + FRESH_MS;
  }

  publish(report: MonitorReport): void {
    if (report.sample !== null) this.#checkedAt = performance.now();
    this.#events.publish(report);
  }

  close(): void {
    this.#events.close();
  }

  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const answer = await this.#answer(request);
    if (answer !== 'events') {
      const { status, type, body, headers } = answer;
      response.writeHead(status, { 'content-type': type, ...headers }).end(body);
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    if (!this.#events.listen(response)) response.end();
  }

  async #answer(request: IncomingMessage): Promise<Answer | 'events'> {
    const { method } = request;
    const path = (request.url ?? '/').replace(/\?.*$/s, '');
    if (!this.#guard.knowsHost(request)) return text(421, 'This server does not answer to that name.');
    if (path === '/login' && method === 'POST') return this.#login(request);
    if (method !== 'GET' && method !== 'HEAD') {
      return text(405, 'This page is only read.', { allow: 'GET, HEAD' });
    }
    // Whether it works is no secret, and whoever restarts it has no token.
    if (path === '/healthz') return text(200, 'ok');
    if (path === '/readyz') return this.#ready();
    if (!this.#guard.mayLook(request)) return this.#refusal(path);
    if (path === '/events' && method === 'GET') return 'events';
    if (path === '/explain' && method === 'GET') return this.#explainedRow(request.url ?? '');
    if (path === '/metrics') return { status: 200, ...(await metricsOf(this.#events.latest)) };
    return this.#file(path === '/' ? '/index.html' : path);
  }

  /** What one row is made of. */
  async #explainedRow(url: string): Promise<Answer> {
    const key = new URL(url, 'http://localhost').searchParams.get('key') ?? '';
    if (this.#explain === undefined) return text(404, 'There is nothing here.');
    if (key === '' || key.length > LONGEST_KEY)
      return text(400, 'A key is wanted: /explain?key=table:identity.');
    if (this.#isAsking) return text(429, 'Another question is being answered.', { 'retry-after': '1' });
    this.#isAsking = true;
    try {
      const { ok, document } = await this.#explain(key);
      return {
        status: ok ? 200 : 422,
        type: 'application/json; charset=utf-8',
        body: JSON.stringify(document),
      };
    } finally {
      this.#isAsking = false;
    }
  }

  #refusal(path: string): Answer {
    if (path === '/' || path === '/login') return this.#file('/login.html', 401);
    if (OPEN_FILES.has(path)) return this.#file(path);
    return text(401, 'A token is needed.', { 'www-authenticate': 'Bearer' });
  }

  async #login(request: IncomingMessage): Promise<Answer> {
    const token = (await readForm(request))?.get('token') ?? '';
    if (!this.#guard.isToken(token)) {
      const form = this.#file('/login.html', 401);
      return { ...form, body: form.body.toString().replace(' hidden', '') };
    }
    return text(303, 'Welcome.', { 'set-cookie': this.#guard.cookie(), location: '/' });
  }

  #ready(): Answer {
    const fresh = performance.now() - this.#checkedAt < this.#freshMs;
    if (fresh && this.#events.latest?.sample != null) return text(200, 'ok');
    return text(503, 'The last check did not reach the database, or is too long ago.');
  }

  #file(path: string, status = 200): Answer {
    const asset = this.#assets.get(path);
    return asset === undefined ? text(404, 'There is nothing here.') : { status, ...asset };
  }
}

function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n`, headers };
}
