import { describe, expect, test } from 'vitest';
import { drydock } from './process.js';
import { refusal } from './refusal.js';

const KEY = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
const LARGER = '7d444840-9dc0-11d1-b245-5ffdce74fad3';

describe('a wrong command line is refused with one sentence and exit status 2', () => {
  test.each<[args: string[], message: RegExp]>([
    [['run', '--bathces', '3'], /^drydock: Unknown option '--bathces'\. Did you mean --batches\?$/m],
    [['rnu'], /Unknown command 'rnu'\. Did you mean run\?/],
    [['run', '--batches', '5..2'], /--batches 5\.\.2 runs backwards/],
    [['run', '--batches', '1-4'], /--batches wants two numbers such as 120\.\.140, or one, not '1-4'/],
    [['run', '--from', 'abc'], /--from wants a key, which is a uuid, not 'abc'/],
    [['run', '--from', LARGER, '--to', KEY], /from --from to --to is empty/],
    [['verify', '--from', KEY, '--to', KEY.toUpperCase()], /from --from to --to is empty/],
    [['run', '--batches', '1', '--since', '2025-01-01'], /--batches and --since cannot be combined/],
    [['run', '--from', KEY, '--batches', '1'], /--batches and --from\/--to cannot be combined/],
    [['run', '--since', 'yesterday'], /--since wants a time such as/],
    [['run', '--since', '2025-02-30'], /not '2025-02-30'/],
    [['run', '--dry-run', '--batches', '1'], /--dry-run takes no range/],
    [['run', '--concurrency', '0'], /--concurrency wants a whole number from 1 to 64, not '0'/],
    [['run', '--batch-size', '1e4'], /--batch-size wants a whole number .* not '1e4'/],
    [['run', '--max-rejects', '-1'], /--max-rejects wants a whole number from 0/],
    [['run', '--max-rate', '0'], /--max-rate wants a whole number from 1 to 1000000000, not '0'/],
    [['throttle'], /throttle wants either --max-rate or the word off/],
    [['throttle', 'off', '--max-rate', '5'], /throttle wants either --max-rate or the word off/],
    [['throttle', '5'], /throttle wants --max-rate or the word off, not '5'/],
    [['throttle', '--max-rate', '2k'], /--max-rate wants a whole number .* not '2k'/],
    [['pause', '--phase', 'all'], /Unknown option '--phase'/],
    [['pause', 'all'], /Too many arguments for 'pause'/],
    [['verify', '--limit', 'many'], /--limit wants a whole number from 0/],
    [['status', '--since', '2025-01-01'], /Unknown option '--since'/],
    [
      ['plan', '--phase', 'second'],
      /--phase wants one of opportunities, assessments, enhancements, all, not 'second'/,
    ],
    [['plan', '--schema', ''], /--schema wants the name of a schema/],
    [['plan', '--schema', 'x'.repeat(64)], /--schema wants the name of a schema, of 1 to 63 bytes/],
    [['plan', '--database-url', 'mysql://h/d'], /--database-url wants a URL such as postgres:/],
    [['plan', '--schema'], /Option '--schema <name>' argument missing/],
    [['plan', '--log-format', 'xml'], /Allowed choices are text, json/],
    [['rollback', '--yes'], /rollback wants to be told what to drop: give --phase/],
    [['demo', '--shape', 'C'], /--shape wants one of A, B, dlt, mixed, not 'C'/],
    [['plan', 'extra'], /Too many arguments for 'plan'/],
    [[], /A command is missing/],
  ])('drydock %j', async (args, message) => {
    const { status, stdout, stderr } = await refusal(args);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/Nothing was done\.\n {2}Next: {2}See `drydock .*--help`\.\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test.each<[args: string[]]>([[['run', '--bathces', '3']], [['verify', '--limit', 'many']], [[]]])(
    'a process says the same, without a stack: drydock %j',
    async (args) => {
      expect(await drydock(args)).toEqual(await refusal(args));
    },
  );

  test('control characters in an argument do not reach the terminal', async () => {
    const { stderr } = await drydock(['plan', '--phase', 'a\x1b[31mb\u202e\n']);
    expect(stderr).toContain(String.raw`'a\x1b[31mb\u{202e}\n'`);
    expect(stderr).not.toContain('\x1b');
  });

  test('rollback without --yes, and without a terminal to ask on, drops nothing', async () => {
    const { status, stdout, stderr } = await drydock(['rollback', '--phase', 'all']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('There is no terminal to ask on.');
    expect(stderr).toContain('Give --yes');
  });
});

describe('--json prints one document on stdout, and nothing else', () => {
  test.each([
    [['run', '--json', '--bathces', '3']],
    [['--json', 'run', '--batches', '5..2']],
    [['rollback', '--json', '--phase', 'all']],
    [['--json', 'nonsense']],
    [['--json']],
  ])('drydock %j', async (args) => {
    const { status, stdout, stderr } = await drydock(args);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual(['error']);
    expect(Object.keys(document.error as object)).toEqual(['code', 'message', 'state', 'next', 'retry']);
    expect(stderr).toBe('');
    expect(status).toBe(2);
  });
});
