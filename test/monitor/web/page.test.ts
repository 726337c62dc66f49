import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { mixtureOf } from '../../../fixtures/mixture.js';
import { drydock, ended, start } from '../../cli/process.js';
import { openBrowser, openPage } from '../../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { prepared } from '../../support/prepared.js';

const DATA = { mixture: mixtureOf({}), submissions: 300, oddShare: 0 };
const PATIENCE = { timeout: 30_000 };

/** Starts the monitor with its page, and gives the page's address. It ends with the test. */
async function monitorOf(
  { url }: TestDatabase,
  options: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-page-'));
  const config = join(folder, 'drydock.config.mjs');
  // What the machine of the tests does is nothing to be told of.
  const quiet = [
    'cpuPercent',
    'memoryPercent',
    'diskPercent',
    'connectionsPercent',
    'queryWarningPercent',
    'queryCriticalPercent',
  ];
  await writeFile(
    config,
    `export default ${JSON.stringify({ monitor: { thresholds: Object.fromEntries(quiet.map((name) => [name, 1e9])) } })}`,
  );
  const child = start(
    ['monitor', '--web', '--port', '0', '--interval', '1', '--config', config, ...(options.args ?? [])],
    {
      DATABASE_URL: url,
      ...options.env,
    },
  );
  const end = ended(child);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await end;
    await rm(folder, { recursive: true });
  });
  return new Promise((resolve, reject) => {
    let told = '';
    child.stderr.on('data', (chunk: string) => {
      told += chunk;
      const address = /http:\/\/\S+/.exec(told)?.[0];
      if (address !== undefined) resolve(address);
    });
    void end.then(({ stderr }) => reject(new Error(`the monitor ended: ${stderr}`)));
  });
}

const card = (page: Page, phase: string) => page.getByRole('article', { name: phase });

test('through a whole run: from nothing to verified, with alerts that come and go', async () => {
  const browser = await openBrowser();
  const database = await prepared(DATA);
  const address = await monitorOf(database);
  const page = await openPage(browser);
  await page.goto(address);
  await page.getByText('Nothing has been made yet.').waitFor(PATIENCE);
  await page.getByText('No alert stands.').waitFor(PATIENCE);
  expect(await page.getByText('Nothing has been compared yet.').count()).toBe(1);

  const run = ended(
    start(['run', '--batch-size', '20', '--max-rate', '100'], { DATABASE_URL: database.url }),
  );
  await page.getByText(/At work: drydock run, by .*at 100 rows\/s at most/).waitFor(PATIENCE);
  await card(page, 'opportunities').getByText('loading', { exact: true }).waitFor(PATIENCE);
  await card(page, 'opportunities')
    .getByText(/^\d+ pending$/)
    .waitFor(PATIENCE);
  expect(await page.title()).toMatch(/^\d+ % · Drydock monitor$/);
  await drydock(['pause'], { DATABASE_URL: database.url });
  await page.getByText(/paused by/).waitFor(PATIENCE);
  await drydock(['resume'], { DATABASE_URL: database.url });
  await drydock(['throttle', 'off'], { DATABASE_URL: database.url });

  for (const phase of ['opportunities', 'assessments']) {
    await card(page, phase).getByText('✔ verified').waitFor(PATIENCE);
    await card(page, phase)
      .getByText(/^\d+ verified$/)
      .waitFor(PATIENCE);
    expect(
      await card(page, phase)
        .getByText(/pending/)
        .count(),
    ).toBe(0);
  }
  expect(await run).toMatchObject({ status: 0 });
  await page.getByText('Nobody is at work.').waitFor(PATIENCE);
  expect(await page.getByRole('cell', { name: '✔ equal' }).count()).toBeGreaterThanOrEqual(6);
  expect(await page.getByRole('cell', { name: '✖ differs' }).count()).toBe(0);
  const { rows } = await database.query<{ n: string }>('select count(*) as n from opportunities');
  const row = page.getByRole('row', { name: /^opportunities / });
  expect(await row.innerText()).toContain(Number(rows[0]?.n).toLocaleString('en-US'));

  await database.query(`update drydock.phases set state = 'different' where phase = 'opportunities'`);
  await page.getByText('✖ critical · different').waitFor(PATIENCE);
  await page
    .getByRole('status')
    .filter({ hasText: 'Verification found differences' })
    .waitFor({ state: 'attached' });
  await card(page, 'opportunities').getByText('✖ differences found').waitFor(PATIENCE);
  expect(await page.title()).toBe('✖ 1 · Drydock monitor');
  await database.query(`update drydock.phases set state = 'verified'`);
  await page.getByText('No alert stands.').waitFor(PATIENCE);
}, 120_000);

test('thousands of batches: by keyboard, on a phone, and without a break of the policy', async () => {
  const browser = await openBrowser();
  const database = await prepared({ ...DATA, run: { batchSize: 20 } });
  await database.query(`
    delete from drydock.batches where phase_id = 1;
    insert into drydock.batches (phase_id, number, status, attempts, rejected)
    select 1, n, case when n % 7 = 0 then 'pending' else 'done' end, n % 2, case when n = 3 then 1 else 0 end
    from generate_series(1, 20000) n`);
  const address = await monitorOf(database);
  const page = await openPage(browser, { viewport: { width: 390, height: 844 } });
  await page.goto(address);
  const map = page.getByRole('group', { name: /^Map of the batches of opportunities/ });
  await map.waitFor(PATIENCE);
  await page.getByText('1 loaded, with rejects').waitFor(PATIENCE);
  const detail = card(page, 'opportunities').getByRole('status');
  await map.press('ArrowRight');
  expect(await detail.innerText()).toMatch(/^Batches 1 to \d+, at worst: to be loaded again$/);
  await map.press('End');
  expect(await detail.innerText()).toMatch(/20,000/);
  await map.press('Escape');
  expect(await detail.innerText()).toBe('');
  const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
  expect(widths).toEqual([390, 390]);
  // The order of the tab key: skip link, maps, charts, link.
  const stops: string[] = [];
  await page.reload();
  await page.getByText('1 loaded, with rejects').waitFor(PATIENCE);
  for (let n = 0; n < 5; n += 1) {
    await page.keyboard.press('Tab');
    stops.push(
      String(
        await page.evaluate(
          'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
        ),
      ),
    );
  }
  expect(stops[0]).toBe('Skip to the figures');
  expect(stops[1]).toMatch(/^Map of the batches of opportunities/);
  expect(stops[2]).toMatch(/^Map of the batches of assessments/);
  const afterMaps = stops.find((stop, index) => index > 0 && !stop.startsWith('Map of'));
  expect(afterMaps).toMatch(/^Rows per second/);
});

test('with a token: the form, a wrong one, the right one; a lost monitor is told', async () => {
  const browser = await openBrowser();
  const database = await createTestDatabase('page');
  const token = 'a token of the tests';
  const address = await monitorOf(database, {
    args: ['--host', '0.0.0.0'],
    env: { DRYDOCK_MONITOR_TOKEN: token },
  });
  const page = await browser.newPage({ colorScheme: 'dark' });
  await page.goto(address.replace('0.0.0.0', '127.0.0.1'));
  await page.getByLabel('Token').fill('another token here');
  await page.getByRole('button', { name: 'Look' }).click();
  await page.getByRole('alert').filter({ hasText: 'That is not the token.' }).waitFor(PATIENCE);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Look' }).click();
  await page.getByText(/● live/).waitFor(PATIENCE);
  expect(page.url()).not.toContain('token');
  expect(await page.evaluate('document.cookie')).toBe('');
});
