import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../src/reports/target.js';
import { drydock, MAIN } from './process.js';

const COMMANDS = [
  'init',
  'plan',
  'run',
  'verify',
  'sync',
  'status',
  'adopt',
  'monitor',
  'pause',
  'resume',
  'throttle',
  'refresh',
  'cutover',
  'rollback',
  'complete',
  'backup',
  'restore',
  'bench',
  'report',
  'demo',
];

describe('help', () => {
  test('lists every command, the connection and the exit statuses', async () => {
    const { status, stdout, stderr } = await drydock(['--help']);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect(stdout).toContain('DATABASE_URL');
    expect(stdout).toContain('PGPASSWORD');
    expect(stdout).toMatch(/^ {2}3 {2}stopped with work left$/m);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test.each(COMMANDS)('of %s has examples, the global options and the exit statuses', async (command) => {
    const { status, stdout } = await drydock([command, '--help']);
    expect(stdout).toMatch(new RegExp(`Examples:\n {2}drydock ${command}`));
    expect(stdout).toContain('Exit status:');
    expect(stdout).toContain('--json');
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(status).toBe(0);
  });

  test('gives the defaults that the library has', async () => {
    const [run, verify] = await Promise.all([drydock(['run', '--help']), drydock(['verify', '--help'])]);
    const text = run.stdout.replace(/\s+/g, ' ');
    expect(text).toContain(`(default: ${DEFAULTS.schema})`);
    expect(text).toMatch(new RegExp(`--concurrency <n> [^-]*\\(default: ${DEFAULTS.concurrency}\\)`));
    expect(text).toMatch(new RegExp(`--batch-size <rows> [^-]*\\(default: ${DEFAULTS.batchSize}\\)`));
    expect(text).toMatch(new RegExp(`--max-rejects <n> [^-]*\\(default: ${DEFAULTS.maxRejects}\\)`));
    expect(verify.stdout).toMatch(new RegExp(`--limit <n> .*\\(default: ${DEFAULTS.limit}\\)`));
  });

  test('--version prints the version alone', async () => {
    const { status, stdout } = await drydock(['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
    expect(status).toBe(0);
  });

  test('a reader that stops reading is no error', async () => {
    const child = spawn('/bin/sh', ['-c', `"${process.execPath}" "${MAIN}" run --help | true`]);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(stderr).toBe('');
  });
});
