import { z } from 'zod';
import { DrydockError } from '../errors.js';
import type { MonitorConfig, Thresholds } from '../reports/monitor.js';
import { DEFAULT_THRESHOLDS, MONITOR_DEFAULTS, THRESHOLD_NAMES } from './thresholds.js';

const thresholds = z
  .strictObject(
    Object.fromEntries(THRESHOLD_NAMES.map((name) => [name, z.number().positive().optional()])) as Record<
      keyof Thresholds,
      z.ZodOptional<z.ZodNumber>
    >,
  )
  .transform((given): Thresholds => ({ ...DEFAULT_THRESHOLDS, ...given }) as Thresholds);

/** Alerts name users, tables and machines: they do not travel unencrypted, but to this very machine. */
const webhookUrl = z.url({ protocol: /^https?$/ }).refine(
  (text) => {
    // Asked also of what is no URL, whose own complaint comes first.
    if (!URL.canParse(text)) return true;
    const { protocol, hostname } = new URL(text);
    return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  },
  { error: 'an https URL is wanted, or one of this machine' },
);

const webhook = z.strictObject({
  url: webhookUrl,
  secretEnv: z.string().min(1).optional(),
  secretFile: z.string().min(1).optional(),
  timeoutSeconds: z.number().positive().max(60).default(MONITOR_DEFAULTS.timeoutSeconds),
  attempts: z.int().min(1).max(10).default(MONITOR_DEFAULTS.attempts),
});

const web = z.strictObject({
  tokenFile: z.string().min(1).nullable().default(null),
  hosts: z.array(z.string().min(1)).default([]),
});

const query = z.strictObject({
  name: z.string().min(1).max(100),
  sql: z.string().min(1),
  baselineMs: z.number().positive().optional(),
});

const config = z.strictObject({
  thresholds: thresholds.default(DEFAULT_THRESHOLDS),
  queries: z
    .array(query)
    .refine((queries) => new Set(queries.map(({ name }) => name)).size === queries.length, {
      error: 'two queries have the same name',
    })
    .default([]),
  webhook: webhook.nullable().default(null),
  web: web.prefault({}),
  dataDirectory: z.string().min(1).nullable().default(null),
});

/** What holds without a config file. */
export const DEFAULT_CONFIG: MonitorConfig = config.parse({});

/**
 * What a config file says of the monitor. What it does not name has its default; what nobody knows is refused, since a misspelt
 * threshold would be one that never fires.
 */
export function monitorConfig(given: unknown): MonitorConfig {
  const result = config.safeParse(given ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  // The path and the rule, never the value: a webhook's URL may be a secret.
  const where = ['monitor', ...(issue?.path ?? [])].join('.');
  const what = issue?.code === 'unrecognized_keys' ? `unknown: ${issue.keys.join(', ')}` : issue?.message;
  throw new DrydockError({
    code: 'bad-config',
    what: `The config file cannot be used: at ${where}: ${what}.`,
    state: 'The monitor did not start.',
    next: 'docs/monitor.md has an example, and says what may stand in it.',
  });
}
