import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { Figures } from '../../bench/figures.js';
import { createTestDatabase } from '../support/database.js';
import { isServer } from '../support/version.js';

const MAIN = fileURLToPath(new URL('../../dist/bench/main.js', import.meta.url));

/** It takes some seconds; seven processes one after the other take long on a machine that is busy with others. */
const MOST_MS = 180_000;

function ended(child: ChildProcess): Promise<{ status: number | null; output: string }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}

// A checkpoint before each contender wants a superuser, which the user of another server need not be.
test(
  'measures ours against both peers, which make as many rows as they should',
  async ({ skip }) => {
    if (!inject('embedded')) skip();
    const database = await createTestDatabase('bench');
    const directory = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const json = join(directory, 'figures.json');

    const only = ['insert-select', 'raw-copy', ...(isServer(16) ? ['assessments'] : [])];
    const child = spawn(
      process.execPath,
      [MAIN, '--rows', '400', '--runs', '1', '--only', only.join(','), '--json', json],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, DRYDOCK_BENCH_DATABASE_URL: database.url },
      },
    );
    onTestFinished(() => void child.kill());
    const { status, output } = await ended(child);
    expect(status, output).toBe(0);
    expect(output).toContain('Targets');

    const figures = JSON.parse(readFileSync(json, 'utf8')) as Figures;
    expect(figures).toMatchObject({ rows: 400, runs: 1 });
    const { ratios, medians, unifiedRows } = figures;
    expect(ratios.oursOverInsertSelect).toBeCloseTo((medians.ours ?? 0) / (medians.insertSelect ?? 0));
    expect(ratios.oursOverRawCopy).toBeCloseTo((medians.ours ?? 0) / (medians.rawCopy ?? 0));
    expect(ratios.verifyOverOurs).toBeCloseTo((medians.verify ?? 0) / (medians.ours ?? 0));
    // Of the command alone: this process, or the bench's, must not count.
    expect(figures.peakRssMb).toBeGreaterThan(40);
    expect(figures.peakRssMb).toBeLessThan(256);
    expect(figures.targets.map(({ name }) => name)).toEqual([
      'ours / insert-select',
      'ours / raw copy',
      'verify / ours',
      ...(isServer(16) ? ['assessments / insert-select'] : []),
      'peak memory, MB',
    ]);

    const bytes = figures.account.map(({ heap, toast, indexes, total }) => total - heap - toast - indexes);
    expect(bytes.every((rest) => rest === 0)).toBe(true);
    const named = (side: string) =>
      figures.account.filter((size) => size.side === side).map(({ name }) => name);
    expect(named('legacy')).toHaveLength(isServer(16) ? 6 : 3);
    expect(named('ours')).toContain('the ledger');
    expect(named('ours')).toHaveLength(isServer(16) ? 5 : 3);
    expect(output).toMatch(/^ +ours \/ legacy +\d+\.\d{3}$/m);

    // The statements resolve every spelling to the same keys, and tell no ideas of one submission apart.
    expect(unifiedRows.insertSelect).toBe(unifiedRows.mergeKeys);
    expect(unifiedRows.ours).toBeGreaterThan(unifiedRows.mergeKeys);
    expect(unifiedRows.assessmentsInsertSelect).toBe(unifiedRows.assessments);
  },
  MOST_MS,
);
