import { request } from 'node:http';
import { onTestFinished } from 'vitest';
import { serveMonitor, type Web } from '../../../src/monitor/web/server.js';
import type { WebOptions } from '../../../src/monitor/web/web-options.js';

/** Serves the page on any free port, until the test ends. */
export async function served(options: Partial<WebOptions> = {}): Promise<Web> {
  const web = await serveMonitor({
    host: '127.0.0.1',
    port: 0,
    hosts: [],
    token: null,
    intervalSeconds: 5,
    ...options,
  });
  onTestFinished(() => web.close());
  return web;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request, with whatever headers: fetch would not let us lie about the host. */
export function ask(
  url: string,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<Answered> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
