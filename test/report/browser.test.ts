import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { renderPage } from '../../src/report/page/page.js';
import type { MigrationReport } from '../../src/reports/report.js';
import { openBrowser, openPage } from '../support/browser.js';
import { HOSTILE, hostile, migration } from './samples.js';

/** In a real browser. */
describe('the page in a browser', () => {
  test('fits a phone and a desk, in light and in dark, asks the network for nothing, and can be printed', async () => {
    const browser = await openBrowser();
    for (const [width, colorScheme] of [
      [390, 'light'],
      [390, 'dark'],
      [1200, 'dark'],
    ] as const) {
      const page = await openPage(browser, { viewport: { width, height: 844 }, colorScheme });
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      const url = await saved(migration());
      await page.goto(url);
      expect(requests).toEqual([url]);
      // Nothing but the tables' own boxes scrolls sideways.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      const shown = page.locator(width < 640 ? 'svg.narrow' : 'svg.wide');
      expect(await shown.count()).toBeGreaterThan(4);
      for (const drawing of await shown.all()) expect(await drawing.isVisible()).toBe(true);
      const hidden = page.locator(width < 640 ? 'svg.wide' : 'svg.narrow');
      expect(await hidden.first().isVisible()).toBe(false);
      if (width > 640) expect((await page.pdf()).length).toBeGreaterThan(10_000);
    }
  });

  test('is read out in order: one h1, headings without a gap, captions, text for every drawing', async () => {
    const page = await openPage(await openBrowser());
    await page.goto(await saved(migration()));
    const levels = await page
      .locator('h1, h2, h3')
      .evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    expect(await page.locator('table:not(:has(caption))').count()).toBe(0);
    expect(await page.locator('svg:not([aria-hidden]):not([aria-label])').count()).toBe(0);
    await expect(page.locator('html').getAttribute('lang')).resolves.toBe('en');
    // The tables behind the drawings open with the keyboard.
    await page.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    await expect(
      page
        .locator('details')
        .first()
        .evaluate((one) => one.hasAttribute('open')),
    ).resolves.toBe(true);
  });

  test('shows a hostile name as the text that it is', async () => {
    const page = await openPage(await openBrowser());
    page.on('dialog', () => expect.unreachable('a script ran'));
    await page.goto(await saved(hostile()));
    expect(await page.locator('script, img, iframe, object, [onerror]').count()).toBe(0);
    const visible = HOSTILE.slice(0, HOSTILE.indexOf('\u0000'));
    expect(await page.locator('h1').innerText()).toContain(visible);
  });
});

async function saved(report: MigrationReport): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'drydock-page-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'report.html');
  await writeFile(file, renderPage(report));
  return pathToFileURL(file).href;
}
