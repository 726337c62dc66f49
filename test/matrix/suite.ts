import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ServerOptions } from '../../src/embedded/server.js';

/** How one run of the suite came out. */
export interface Outcome {
  readonly ok: boolean;
  readonly files: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** Names of what failed, with the first line of why. */
  readonly failures: readonly string[];
}

/** The part of Vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/**
 * Runs the suite, or the files whose path contains one of `filters`, on a server with these options.
 *
 * @param output - path without extension: `.log` takes what Vitest prints, `.json` its report
 */
export async function runSuite(
  server: ServerOptions,
  filters: readonly string[],
  output: string,
): Promise<Outcome> {
  const report = `${output}.json`;
  await rm(report, { force: true });
  const log = openSync(`${output}.log`, 'w');
  const { DRYDOCK_TEST_DATABASE_URL: _, ...env } = process.env;
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const began = Date.now();
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
    { env: { ...env, DRYDOCK_TEST_SERVER: JSON.stringify(server) }, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const [status] = await once(child, 'exit');
  return read(
    JSON.parse(await readFile(report, 'utf8').catch(() => 'null')),
    status === 0,
    Math.round((Date.now() - began) / 1000),
  );
}

/** A report that is missing is a failure: Vitest ended before it had begun. */
function read(report: Report | null, ok: boolean, seconds: number): Outcome {
  if (report === null)
    return { ok: false, files: 0, passed: 0, failed: 0, skipped: 0, seconds, failures: ['no report'] };
  const failures = report.testResults.flatMap(({ name: path, status, message, assertionResults }) => {
    const name = relative('', path);
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (tests.length === 0) return status === 'failed' ? [`${name}: ${firstLine(message)}`] : [];
    return tests.map((test) => `${name}: ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`);
  });
  return {
    ok,
    files: report.testResults.length,
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests,
    seconds,
    failures,
  };
}

function firstLine(text = ''): string {
  return text.split('\n')[0] ?? '';
}
