import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DrydockError } from '../errors.js';
import { writeWhole } from '../files/write-whole.js';
import { ALERT_CODES } from '../reports/monitor.js';
import type { OpenAlerts } from './alert-book.js';

const alert = z.object({
  code: z.enum(ALERT_CODES),
  subject: z.string().nullable(),
  severity: z.enum(['warning', 'critical']),
  reason: z.string(),
  next: z.string(),
  since: z.string(),
});

const state = z.object({
  version: z.literal(1),
  alerts: z.array(z.object({ alert, checks: z.number(), fired: z.boolean() })),
  learnt: z.record(z.string(), z.array(z.number())),
});

/** What one invocation leaves to the next: which alerts stand, and what queries took at first. */
export interface MonitorState {
  readonly version: 1;
  readonly alerts: OpenAlerts;
  readonly learnt: Readonly<Record<string, readonly number[]>>;
}

const NOTHING: MonitorState = { version: 1, alerts: [], learnt: {} };

/** Empty where there is no file yet. Refuses one that is not ours: it would be written over. */
export async function readState(path: string | undefined): Promise<MonitorState> {
  if (path === undefined) return NOTHING;
  try {
    return state.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NOTHING;
    throw new DrydockError({
      code: 'bad-state-file',
      what: `The state file ${path} cannot be used: it is not one of this version of the monitor, or cannot be read.`,
      state: 'The monitor did not start; the file was left as it is.',
      next: 'Name another file, or delete this one: baselines are then learnt again.',
      cause: error,
    });
  }
}

/** Whole or not at all: a reader, or a kill, never finds half a file. */
export async function writeState(path: string | undefined, content: MonitorState): Promise<void> {
  if (path === undefined) return;
  try {
    await writeWhole(path, `${JSON.stringify(content)}\n`, { replace: true, mode: 0o600 });
  } catch (error) {
    throw new DrydockError({
      code: 'bad-state-file',
      what: `The state file ${path} cannot be written.`,
      state: 'The check itself is done; its alerts and baselines are not remembered.',
      next: 'Name a file in a directory that the monitor may write to.',
      cause: error,
    });
  }
}
