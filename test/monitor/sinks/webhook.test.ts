import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Webhook, type WebhookBody, webhookSecret } from '../../../src/monitor/sinks/webhook.js';
import type { WebhookConfig } from '../../../src/reports/monitor.js';
import { type Answer, type Received, receiver } from '../receiver.js';

const SECRET = 'a secret of the tests';
const BODY: WebhookBody = { at: 'now', database: 'd', schema: 'public', changes: [] };

/** Delivers some bodies to a receiver that answers so, and gives what it received and what was told to fail. */
async function deliver(
  answers: readonly Answer[],
  config: Partial<WebhookConfig> = {},
  bodies: readonly WebhookBody[] = [BODY],
): Promise<{ received: readonly Received[]; failed: string[]; url: string }> {
  const { url, received } = await receiver(answers);
  const failed: string[] = [];
  const webhook = new Webhook({
    config: { url, timeoutSeconds: 5, attempts: 3, ...config },
    secret: SECRET,
    failed: (message) => failed.push(message),
  });
  for (const body of bodies) webhook.send(body);
  await webhook.settled();
  return { received, failed, url };
}

/** As a receiver checks it, in other words than ours. */
function isSigned({ headers, body }: Received): boolean {
  const [, seconds = '', signature] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['drydock-signature'])) ?? [];
  const expected = createHmac('sha256', SECRET).update(`${seconds}.`).update(body).digest('hex');
  return signature === expected && Math.abs(Date.now() / 1000 - Number(seconds)) < 300;
}

test('is tried again when the receiver fails or hangs up, as the same delivery, signed each time', async () => {
  const { received, failed } = await deliver([503, 'hang up', 204]);
  expect(received.map(isSigned)).toEqual([true, true, true]);
  expect(received.map(({ body }) => JSON.parse(body))).toEqual([BODY, BODY, BODY]);
  expect(new Set(received.map(({ headers }) => headers['drydock-delivery'])).size).toBe(1);
  expect(failed).toEqual([]);
});

test('a change of the body, or of the time, breaks the signature', async () => {
  const [one] = (await deliver([200])).received;
  if (one === undefined) throw new Error('nothing was received');
  expect(isSigned({ ...one, body: one.body.replace('now', 'new') })).toBe(false);
  const other = String(one.headers['drydock-signature']).replace(/t=(\d+)/, (_, t) => `t=${Number(t) + 1}`);
  expect(isSigned({ ...one, headers: { ...one.headers, 'drydock-signature': other } })).toBe(false);
});

test.each([[400], [302]])('an answer of %i is final, and no redirect is followed', async (answer) => {
  const { received, failed } = await deliver([answer]);
  expect(received.map(({ path }) => path)).toEqual(['/hooks/a-secret-path']);
  expect(failed).toEqual([expect.stringContaining(`it answered ${answer}`)]);
});

test('a receiver that says nothing is given up, and the path of its URL is not told', async () => {
  const { failed, url } = await deliver(['silence'], { timeoutSeconds: 0.2, attempts: 1 });
  expect(failed).toEqual([
    `An alert could not be delivered to the webhook at ${new URL(url).host}: no answer in 0.2 s.`,
  ]);
});

test('deliveries keep their order, and one that fails does not stop the next', async () => {
  const bodies = ['1', '2', '3'].map((at) => ({ ...BODY, at }));
  const { received, failed } = await deliver([200, 400, 200], {}, bodies);
  expect(received.map(({ body }) => JSON.parse(body).at)).toEqual(['1', '2', '3']);
  expect(failed).toHaveLength(1);
});

test('the secret comes from the environment, or from a file, and its absence is refused', async () => {
  const config = { url: 'https://x', timeoutSeconds: 1, attempts: 1 };
  expect(await webhookSecret(config, { DRYDOCK_WEBHOOK_SECRET: 'one' })).toBe('one');
  expect(await webhookSecret({ ...config, secretEnv: 'OTHER' }, { OTHER: 'two' })).toBe('two');
  const folder = await mkdtemp(join(tmpdir(), 'drydock-secret-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const secretFile = join(folder, 'secret');
  await writeFile(secretFile, 'three\n');
  expect(await webhookSecret({ ...config, secretFile }, { DRYDOCK_WEBHOOK_SECRET: 'one' })).toBe('three');
  await expect(webhookSecret(config, {})).rejects.toMatchObject({ code: 'no-webhook-secret' });
  await expect(webhookSecret({ ...config, secretFile: '/nowhere' }, {})).rejects.toMatchObject({
    code: 'no-webhook-secret',
  });
});
