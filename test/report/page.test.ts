import { describe, expect, test } from 'vitest';
import { ratesOf } from '../../src/report/page/figures/throughput.js';
import { workingTime } from '../../src/report/page/figures/working-time.js';
import { html } from '../../src/report/page/markup.js';
import { renderPage } from '../../src/report/page/page.js';
import { warningsOf } from '../../src/report/warnings.js';
import { batch, HOSTILE, hostile, migration, story } from './samples.js';

describe('markup', () => {
  test('escapes what is put in, for content and attributes, and shows what could not be seen', () => {
    expect(html`<b title="${HOSTILE}">${HOSTILE}</b>`.toString()).not.toMatch(
      /<script|<img|\p{Cc}|\u202e|'/u,
    );
    expect(html`<i>${`a"b'c&d<e>`}${html`<br>`}${null}${3}</i>`.toString()).toBe(
      '<i>a&quot;b&#39;c&amp;d&lt;e&gt;<br>3</i>',
    );
    expect(html`${'\u0000\u202e\n'}`.toString()).toBe('\\x00\\u{202e}\\n');
  });
});

describe('the page', () => {
  test('shows rows, hashes, both charts, storage, the journal and the settings', () => {
    const page = renderPage(migration());
    for (const text of [
      'Every legacy table equals its view',
      '17,600',
      'a title of 2 GB',
      '123456789012345678901',
      'top-20-combined: 800 ms before, 12 ms after.',
      '25 % less',
      'ann@host',
      'fsync',
    ]) {
      expect(page).toContain(text);
    }
  });

  test('is made of the report alone: the same report gives the same bytes', () => {
    expect(renderPage(migration())).toBe(renderPage(migration()));
  });

  test('lets nothing out of a text, wherever it stands', () => {
    const page = renderPage(hostile());
    expect(page).not.toMatch(/<script|<img|javascript:|(?!\n)\p{Cc}|\u202e/u);
    expect(page.match(/ on[a-z]+=/g) ?? []).toEqual(
      page.match(/ onerror=alert\(2\)&gt;/g)?.map(() => ' onerror='),
    );
  });

  test.each([
    ['different', 'Not equal'],
    ['loading', 'Not finished'],
    ['loaded', 'Not finished'],
  ] as const)('of a phase that is %s claims no more than was proven', (state, verdict) => {
    const page = renderPage(migration({ phases: [story({ state, verification: null })] }));
    expect(page).toContain(`<strong>${verdict}</strong>`);
    expect(page).not.toContain('Every legacy table equals its view');
  });

  test('stands when there is next to nothing to show', () => {
    const bare = story({
      accounting: [],
      batches: [],
      runs: [],
      rejects: [],
      verification: null,
      storage: null,
      tables: null,
    });
    const page = renderPage(migration({ phases: [bare], bench: null, events: [] }));
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(renderPage(migration())).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the time axis', () => {
  test('cuts out what nobody worked through', () => {
    const week = 7 * 86_400_000;
    const time = workingTime([
      { from: 0, to: 10_000 },
      { from: 10_100, to: 20_000 },
      { from: week, to: week + 20_000 },
    ]);
    expect(time.cuts).toHaveLength(1);
    expect(time.seconds).toBeLessThan(45);
    expect(time.at(10_050)).toBeCloseTo(10.05);
    expect(time.at(week + 20_000)).toBe(time.seconds);
  });

  test('keeps the rows: the rates add up to what was loaded', () => {
    const batches = [1, 2, 3, 9].map((number) => {
      const { startedAt, finishedAt, ...rest } = batch(number);
      return { ...rest, startedAt: startedAt ?? 0, finishedAt: finishedAt ?? 0 };
    });
    const time = workingTime(
      batches.map(({ startedAt, finishedAt }) => ({ from: startedAt, to: finishedAt })),
    );
    const rates = ratesOf(batches, time);
    const rows = rates.reduce((sum, rate) => sum + rate * (time.seconds / rates.length), 0);
    expect(rows).toBeCloseTo(20_000, 3);
  });
});

test('warnings name what is open, different, put aside or not ended', () => {
  const pending = batch(7, { status: 'pending', startedAt: null, finishedAt: null });
  const warnings = warningsOf([
    story({ state: 'different', batches: [batch(1), pending] }),
    story({ phase: 'assessments', verification: null, rejects: [], runs: [] }),
  ]).join('\n');
  expect(warnings).toContain('found differences');
  expect(warnings).toContain('1 batch of 2 still to be loaded');
  expect(warnings).toContain('2 rows could not be stored');
  expect(warnings).toContain('assessments was loaded and never verified');
  expect(warningsOf([story({ rejects: [] })])).toEqual([]);
});
