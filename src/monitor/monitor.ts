import { setTimeout as sleep } from 'node:timers/promises';
import { Cleanup } from '../db/cleanup.js';
import { type Connector, connector } from '../db/connect.js';
import { asDrydockError } from '../db/explain.js';
import type { Session } from '../db/session.js';
import { chosenProject } from '../default-phases.js';
import type { DrydockError } from '../errors.js';
import type { AlertChange, MonitorOptions, MonitorReport, Sample } from '../reports/monitor.js';
import { requireOptions } from '../reports/options.js';
import { DEFAULTS } from '../reports/target.js';
import { AlertBook } from './alert-book.js';
import { Baselines } from './baselines.js';
import { DEFAULT_CONFIG } from './config.js';
import { Machine } from './probes/machine.js';
import { ratesOf } from './rates.js';
import { RULES } from './rules/all.js';
import { restrict, takeSample } from './sampler.js';
import { Webhook, type WebhookBody, webhookSecret } from './sinks/webhook.js';
import { readState, writeState } from './state-file.js';
import { MONITOR_DEFAULTS } from './thresholds.js';

/** Samples that rules may look back at. */
const MOST_EARLIER = 60;

/**
 * Looks at the database again and again, and says what it found. Only reads, and only what the user may see; works
 * beside whatever is at work, from any machine. A connection that is lost is reported, and tried again at the next
 * check. Ends when its signal comes, or after `checks`.
 *
 * @throws DrydockError when the first check cannot be made
 */
export async function* monitor(options: MonitorOptions): AsyncGenerator<MonitorReport, void> {
  requireOptions('monitor', options);
  const { signal, checks = Number.POSITIVE_INFINITY } = options;
  const interval = (options.intervalSeconds ?? MONITOR_DEFAULTS.intervalSeconds) * 1000;
  const watch = new Watch(options, await readState(options.stateFile));
  const webhook = await openWebhook(options);
  try {
    for (let check = 1; check <= checks && signal?.aborted !== true; check += 1) {
      const start = performance.now();
      const report = await watch.check({ first: check === 1, only: checks === 1 });
      if (report === null) return;
      if (report.changes.length > 0) webhook?.send(bodyOf(report, options));
      yield report;
      if (check === checks) return;
      const rest = interval - (performance.now() - start);
      await sleep(Math.max(0, rest), undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await watch.close();
    await webhook?.settled();
  }
}

async function openWebhook({ config, signal, onProgress }: MonitorOptions): Promise<Webhook | null> {
  const webhook = config?.webhook ?? null;
  if (webhook === null) return null;
  return new Webhook({
    config: webhook,
    secret: await webhookSecret(webhook),
    signal,
    failed: (message) => onProgress?.({ type: 'notice', level: 'warn', message }),
  });
}

function bodyOf(
  { at, sample, changes }: MonitorReport,
  { schema = DEFAULTS.schema }: MonitorOptions,
): WebhookBody {
  return { at, database: sample?.database ?? null, schema, changes };
}

/** What is kept from check to check. */
class Watch {
  readonly #options: MonitorOptions;
  readonly #connector: Connector;
  readonly #machine = new Machine();
  readonly #baselines: Baselines;
  readonly #book: AlertBook;
  #earlier: readonly Sample[] = [];
  #cleanup = new Cleanup();
  #session: Session | null = null;

  constructor(options: MonitorOptions, state: Awaited<ReturnType<typeof readState>>) {
    this.#options = options;
    this.#connector = connector(options.databaseUrl, options.signal);
    this.#baselines = new Baselines(state.learnt);
    this.#book = new AlertBook(state.alerts);
  }

  /** Null: it was stopped meanwhile. */
  async check(which: { readonly first: boolean; readonly only: boolean }): Promise<MonitorReport | null> {
    const { signal, stateFile } = this.#options;
    let report: MonitorReport;
    try {
      report = await this.#look(which.only);
    } catch (error) {
      await this.close();
      if (signal?.aborted === true) return null;
      const failure = asDrydockError(error, 'Nothing was written: the monitor only reads.');
      if (which.first) throw failure;
      report = this.#unreachable(failure);
    }
    const learnt = this.#baselines.learnt;
    await writeState(stateFile, { version: 1, alerts: this.#book.entries, learnt });
    return report;
  }

  async close(): Promise<void> {
    const cleanup = this.#cleanup;
    this.#cleanup = new Cleanup();
    this.#session = null;
    await cleanup.unwind();
  }

  async #look(only: boolean): Promise<MonitorReport> {
    const { schema = DEFAULTS.schema, config = DEFAULT_CONFIG, batchMaps = false, signal } = this.#options;
    const project = await chosenProject(this.#options);
    const sample = await takeSample(await this.#connected(), {
      project,
      schema,
      config,
      maps: batchMaps,
      machine: this.#machine,
      signal,
      timed: (times, queries) => this.#baselines.timed(times, queries),
    });
    const rates = ratesOf(sample, this.#earlier.at(-1) ?? null);
    const changes: AlertChange[] = [
      ...this.#book.take(['unreachable'], [], sample.at),
      ...this.#book.judge(RULES, { sample, rates, earlier: this.#earlier }, config.thresholds, only),
    ];
    this.#earlier = [...this.#earlier, sample].slice(-MOST_EARLIER);
    return { at: sample.at, sample, rates, error: null, alerts: this.#book.open, changes };
  }

  async #connected(): Promise<Session> {
    if (this.#session !== null) return this.#session;
    const session = await this.#connector.open(this.#cleanup);
    await restrict(session);
    this.#session = session;
    return session;
  }

  #unreachable({ code, message, state, next, retry }: DrydockError): MonitorReport {
    const at = new Date().toISOString();
    const changes = this.#book.take(
      ['unreachable'],
      [{ code: 'unreachable', subject: null, severity: 'critical', reason: message, next }],
      at,
    );
    return {
      at,
      sample: null,
      rates: null,
      error: { code, message, state, next, retry },
      alerts: this.#book.open,
      changes,
    };
  }
}
