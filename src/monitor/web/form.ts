import type { IncomingMessage } from 'node:http';

/** A form of ours has one short field. */
const MOST_BYTES = 4096;

/** Reads the fields of a form; undefined when it is larger than any of ours, or of another kind. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') return undefined;
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > MOST_BYTES) return undefined;
  }
  return new URLSearchParams(body);
}
