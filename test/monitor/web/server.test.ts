import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { ratesOf } from '../../../src/monitor/rates.js';
import { pageToken } from '../../../src/monitor/web/token.js';
import type { MonitorReport, Sample } from '../../../src/reports/monitor.js';
import { phase, progress, sample } from '../samples.js';
import { type Answered, ask, served } from './served.js';

const TOKEN = 'a token of the tests';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function report(of: Sample | null): MonitorReport {
  return {
    at: '2025-03-01T12:00:00.000Z',
    sample: of,
    rates: of === null ? null : ratesOf(of, null),
    error:
      of === null
        ? { code: 'connection-lost', message: 'It was lost.', state: '', next: '', retry: true }
        : null,
    alerts: [],
    changes: [],
  };
}

const withMaps = (marks: string): Sample => {
  const one = progress([phase()]);
  return {
    ...one,
    progress: {
      ...(one.progress as NonNullable<Sample['progress']>),
      maps: [{ phase: 'opportunities', first: 1, marks }],
    },
  };
};

describe('who may ask', () => {
  test.each([
    ['127.0.0.1:7077', 200],
    ['localhost', 200],
    ['[::1]:7077', 200],
    ['192.0.2.7', 200],
    ['monitor.example.org', 200],
    ['MONITOR.example.org:80', 200],
    ['evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example', 421],
    ['localhost:7077:1', 421],
  ])('under the name %j: %i', async (host, status) => {
    const { url } = await served({ hosts: ['monitor.example.org'] });
    for (const path of ['/', '/events', '/metrics', '/healthz']) {
      if (status === 200 && path === '/events') continue;
      expect((await ask(url, path, { headers: { host } })).status).toBe(status);
    }
  });

  test('whoever others could reach needs a token, and a token is long', async () => {
    await expect(served({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'token-missing' });
    expect(await pageToken(null, {})).toBe(null);
    expect(await pageToken(null, { DRYDOCK_MONITOR_TOKEN: TOKEN })).toBe(TOKEN);
    await expect(pageToken(null, { DRYDOCK_MONITOR_TOKEN: 'short' })).rejects.toMatchObject({
      code: 'weak-token',
    });
    await expect(pageToken('/nowhere', { DRYDOCK_MONITOR_TOKEN: TOKEN })).rejects.toMatchObject({
      code: 'weak-token',
    });
  });

  test('without the token there is the form, and whether it works; nothing else', async () => {
    const { url, publish } = await served({ host: '0.0.0.0', token: TOKEN });
    publish(report(progress([phase()])));
    const status = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
      (await ask(url, path, { headers })).status;
    expect(
      await Promise.all(
        ['/', '/main.js', '/events', '/metrics', '/index.html', '/nothing'].map((path) => status(path)),
      ),
    ).toEqual([401, 401, 401, 401, 401, 401]);
    expect((await ask(url, '/')).body).toContain('<form');
    expect(await Promise.all(['/healthz', '/readyz', '/page.css'].map((path) => status(path)))).toEqual([
      200, 200, 200,
    ]);
    expect(await status('/metrics', { authorization: `Bearer ${TOKEN}` })).toBe(200);
    expect(await status('/metrics', { authorization: `Bearer ${TOKEN}x` })).toBe(401);
    expect(await status('/metrics', { authorization: `Basic ${TOKEN}` })).toBe(401);
  });

  test('the form gives a cookie for the token, in which the token does not stand, and for nothing else', async () => {
    const [{ url }, other] = await Promise.all([served({ token: TOKEN }), served({ token: TOKEN })]);
    const login = (token: string) =>
      ask(url, '/login', { method: 'POST', headers: FORM, body: new URLSearchParams({ token }).toString() });
    const wrong = await login('another');
    expect([wrong.status, wrong.headers['set-cookie'], wrong.body.includes('role="alert" hidden')]).toEqual([
      401,
      undefined,
      false,
    ]);
    const right = await login(TOKEN);
    expect([right.status, right.headers.location]).toEqual([303, '/']);
    const [cookie = ''] = right.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(cookie).not.toContain(TOKEN);
    const bearing = { headers: { cookie: cookie.split(';')[0] ?? '' } };
    expect((await ask(url, '/metrics', bearing)).status).toBe(200);
    expect((await ask(other.url, '/metrics', bearing)).status).toBe(401);
    const long = await ask(url, '/login', {
      method: 'POST',
      headers: FORM,
      body: `token=${'x'.repeat(100_000)}`,
    });
    expect(long.status).toBe(401);
  });
});

describe('what is answered', () => {
  const headers = ({ headers: all }: Answered) => all;

  test('nothing but reading, and no file but those of the page', async () => {
    const { url } = await served();
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await ask(url, '/', { method })).status).toBe(405);
    for (const path of ['/../../package.json', '/..%2f..%2fpackage.json', '/main.ts', '/main.js.map']) {
      expect((await ask(url, path)).status).toBe(404);
    }
  });

  test('every answer forbids what the page does not need', async () => {
    const { url } = await served();
    for (const path of ['/', '/page.css', '/healthz', '/nothing']) {
      const all = headers(await ask(url, path));
      const policy = String(all['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
      expect(all['x-content-type-options']).toBe('nosniff');
      expect(all['cache-control']).toBe('no-store');
      expect(all['access-control-allow-origin']).toBe(undefined);
    }
    const { body } = await ask(url, '/');
    expect(body).not.toMatch(/<script(?! type="module" src="\/)|<style|style=|\son[a-z]+=|https?:/);
  });

  test('ready is who has just reached the database; healthy is who answers', async () => {
    const { url, publish } = await served();
    const both = async () => [(await ask(url, '/healthz')).status, (await ask(url, '/readyz')).status];
    expect(await both()).toEqual([200, 503]);
    publish(report(sample()));
    expect(await both()).toEqual([200, 200]);
    publish(report(null));
    expect(await both()).toEqual([200, 503]);
  });

  test('metrics have what is known, and leave out what is not', async () => {
    const { url, publish } = await served();
    const lines = async () =>
      (await ask(url, '/metrics')).body.split('\n').filter((line) => !line.startsWith('#'));
    expect((await lines()).join('')).toBe('');
    publish(
      report({
        ...progress([phase()]),
        connections: null,
        queries: [{ name: 'a "b"\n', ms: 2, baselineMs: null }],
      }),
    );
    const told = await lines();
    expect(told).toContain('drydock_up 1');
    expect(told).toContain('drydock_batches_loaded{phase="opportunities"} 5');
    expect(told).toContain('drydock_phase_state{phase="opportunities",state="loading"} 1');
    expect(told).toContain('drydock_query_seconds{query="a \\"b\\"\\n"} 0.002');
    expect(told.join('\n')).not.toMatch(/connections|capture|NaN/);
    publish(report(null));
    expect((await lines()).filter(Boolean)).toEqual(['drydock_up 0']);
  });
});

test('a page that listens is told the state of all batches at first and when it changed, and every check', async () => {
  const { url, publish } = await served();
  publish(report(withMaps('#.')));
  const controller = new AbortController();
  const answer = await fetch(new URL('/events', url), { signal: controller.signal });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  publish(report(withMaps('#.')));
  publish(report(null));
  publish(report(withMaps('##')));
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if ((text.match(/^event: check$/gm) ?? []).length === 4) break;
  }
  controller.abort();
  const events = [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(
    ([, name, data]) => [name, JSON.parse(data ?? '')] as const,
  );
  expect(events.map(([name]) => name)).toEqual([
    'maps',
    'history',
    'check',
    'check',
    'check',
    'maps',
    'check',
  ]);
  expect(events[0]?.[1][0].marks).toBe('#.');
  expect(events[5]?.[1][0].marks).toBe('##');
  expect(events[1]?.[1]).toMatchObject([{ rowsPerSecond: 500, lagSeconds: null }]);
  expect(events[2]?.[1].report.sample.progress.maps).toEqual([]);
});

test('a request that never comes to its end is ended in time', async () => {
  const { url } = await served();
  const { hostname, port } = new URL(url);
  const start = performance.now();
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ');
  socket.resume();
  await once(socket, 'close');
  const seconds = (performance.now() - start) / 1_000;
  expect(seconds).toBeGreaterThan(9);
  expect(seconds).toBeLessThan(20);
}, 60_000);

test('more connections than the page is for are closed, and the others go on', async () => {
  const { url } = await served();
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: 128 }, () => connect(Number(port), hostname));
  for (const socket of sockets) socket.on('error', () => undefined);
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const one = connect(Number(port), hostname);
  one.on('error', () => undefined).resume();
  await once(one, 'close');
  for (const socket of sockets) socket.destroy();
  await vi.waitFor(async () => expect((await ask(url, '/healthz')).status).toBe(200), { timeout: 5_000 });
});

describe("one row's story", () => {
  const asked: string[] = [];
  const explain = async (key: string) => {
    asked.push(key);
    return { ok: key !== 'x', document: { key } };
  };

  test('is told to whoever may look, for one key at a time', async () => {
    let go = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { url } = await served({
      token: TOKEN,
      explain: async (key) => {
        if (key === 'slow') await waiting;
        return explain(key);
      },
    });
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await ask(url, '/explain?key=shop%3A1')).status).toBe(401);
    expect(asked).toEqual([]);
    const told = await ask(url, '/explain?key=shop%3A1%2C%20a%26b', { headers });
    expect([told.status, JSON.parse(told.body)]).toEqual([200, { key: 'shop:1, a&b' }]);
    expect(await ask(url, '/explain?key=x', { headers })).toMatchObject({ status: 422 });
    expect(await ask(url, '/explain', { headers })).toMatchObject({ status: 400 });
    const first = ask(url, '/explain?key=slow', { headers });
    await vi.waitFor(async () => expect((await ask(url, '/explain?key=y', { headers })).status).toBe(429));
    go();
    expect((await first).status).toBe(200);
    expect((await ask(url, '/explain?key=y', { headers })).status).toBe(200);
  });

  test('is no page where nobody can tell it', async () => {
    const { url } = await served({});
    expect((await ask(url, '/explain?key=y')).status).toBe(404);
  });
});
