import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver does with a request: answers with a status, or hangs up, or says nothing at all. */
export type Answer = number | 'hang up' | 'silence';

/** A server of HTTP that answers as it is told, the last way for ever; ends with the test. */
export async function receiver(
  answers: readonly Answer[],
): Promise<{ readonly url: string; readonly received: readonly Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      respond(response, answers[Math.min(received.length, answers.length) - 1] ?? 200);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/a-secret-path`, received };
}

function respond(response: ServerResponse, answer: Answer): void {
  if (answer === 'silence') return;
  if (answer === 'hang up') response.destroy();
  else response.writeHead(answer, { location: '/elsewhere' }).end('thank you');
}
