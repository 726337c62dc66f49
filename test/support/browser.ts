import { accessSync, constants } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished, TestRunner } from 'vitest';

/** Where a Chromium may be; the first is for whoever has another one. */
const PLACES = [
  process.env.DRYDOCK_TEST_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].filter((place): place is string => place !== undefined && place !== '');

/** No sandbox, which root has not; no screen; and nothing that asks the network for anything. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * Starts a real browser, which ends with the test. Where there is none the rest of the test is skipped, with a word.
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = PLACES.find(isExecutable);
  TestRunner.getCurrentTest()?.context.skip(
    executablePath === undefined,
    'no Chromium here: set DRYDOCK_TEST_CHROMIUM',
  );
  const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ARGUMENTS });
  onTestFinished(() => browser.close());
  return browser;
}

/** A page on which any error, warning of the console or refused request fails the test when it ends. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  onTestFinished(() => expect(complaints).toEqual([]));
  return page;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
