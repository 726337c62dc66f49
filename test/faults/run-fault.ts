import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cleanup, withCleanup } from '../../src/db/cleanup.js';
import { type Ended, startCommand } from './command.js';
import type { Position, Statement } from './connection.js';
import type { Fault } from './fault.js';
import type { Place } from './kind.js';
import { judgeFinished, judgeInterrupted } from './oracle.js';
import { judgeEnd, type Verdict } from './outcome.js';
import { StatementProxy } from './proxy.js';
import { argumentsOf } from './scenario.js';
import { Trap } from './trap.js';
import type { Prepared, Workshop } from './workshop.js';

/** What became of a fault. */
export interface Result {
  readonly fault: Fault;
  /** Why it could not be done on this machine. */
  readonly skipped?: string;
  /** When it happened; undefined when the run had ended before its moment. */
  readonly moment?: string | undefined;
  /** What was done. */
  readonly harm?: string | undefined;
  readonly first?: Verdict & { readonly seconds: number };
  readonly second?: Verdict & { readonly seconds: number };
  /** What is not as it must be; the fault is passed when there is nothing. */
  readonly problems: readonly string[];
}

const LIMIT_SECONDS = 90;

/**
 * Does one fault to a run of the command, gives the same command again, and judges both and the database. The
 * second run must finish.
 *
 * @param main the built `main.js`
 * @param limitSeconds a run that takes longer hangs
 */
export async function runFault(
  workshop: Workshop,
  main: string,
  fault: Fault,
  limitSeconds = LIMIT_SECONDS,
): Promise<Result> {
  const { server } = workshop;
  const { kind, scenario } = fault;
  const prepared = await workshop.prepare(scenario, 1);
  return withCleanup(async (cleanup) => {
    const heal = new Cleanup();
    const place = await kind.place?.(server, cleanup);
    if (place !== undefined && 'cannot' in place) return { fault, skipped: place.cannot, problems: [] };
    const database = await workshop.create(prepared.template, place?.tablespace);
    cleanup.add(() => workshop.drop(database));
    const target = { main, args: argumentsOf(scenario, fault.lanes, fault.json), limitSeconds };
    const inspect = async (ended: Verdict['end']) =>
      server.with(database, (client) =>
        ended === 'finished'
          ? judgeFinished(client, scenario, prepared)
          : judgeInterrupted(client, scenario, prepared),
      );

    const disturbed = await runDisturbed({
      workshop,
      database,
      prepared,
      fault,
      place,
      heal,
      cleanup,
      target,
    });
    await heal.unwind();
    await server.ready();
    const first = { ...judgeEnd(disturbed.ended, kind.outcomes), seconds: disturbed.ended.seconds };
    const problems = first.problems.map((problem) => `first run: ${problem}`);
    // Who gives the command again at once does not wait for the backends to go.
    if (!fault.atOnce || first.end === 'finished')
      problems.push(...(await inspect(first.end)).map((problem) => `after the first run: ${problem}`));

    const again = await startCommand({
      ...target,
      databaseUrl: server.urlOf(database),
    }).ended;
    const second = { ...judgeEnd(again, { stops: false }), seconds: again.seconds };
    problems.push(...second.problems.map((problem) => `second run: ${problem}`));
    problems.push(...(await inspect('finished')).map((problem) => `in the end: ${problem}`));
    return { fault, moment: disturbed.moment, harm: disturbed.harm, first, second, problems };
  });
}

interface Disturbed {
  readonly ended: Ended;
  readonly moment: string | undefined;
  readonly harm: string | undefined;
}

/** Runs the command through the proxy, and does the harm at its moment. */
async function runDisturbed(parts: {
  readonly workshop: Workshop;
  readonly database: string;
  readonly prepared: Prepared;
  readonly fault: Fault;
  readonly place: Place | undefined;
  readonly heal: Cleanup;
  readonly cleanup: Cleanup;
  readonly target: {
    readonly main: string;
    readonly args: readonly string[];
    readonly limitSeconds: number;
  };
}): Promise<Disturbed> {
  const { workshop, database, prepared, fault, place, heal, cleanup, target } = parts;
  const { server } = workshop;
  const { kind, moment } = fault;
  let process: ChildProcess | undefined;
  let injection: Promise<string> | undefined;
  let when: string | undefined;
  const harmAt = async (words: string, statement?: Statement, position?: Position): Promise<void> => {
    when = words;
    const { random } = fault;
    injection = kind.inject({ server, database, proxy, process, random, heal, statement, position }, place);
    await injection;
  };
  const over = new AbortController();
  const clock = (): void => {
    if (moment.at !== 'time') return;
    const ms = Math.round(moment.share * prepared.seconds * 1000);
    void sleep(ms, undefined, { signal: over.signal }).then(
      () => harmAt(`after ${ms} ms, statement ${proxy.statements} (${excerpt(trap.last)})`),
      () => undefined,
    );
  };
  const trap = new Trap(
    moment,
    prepared.statements,
    (statement, position) =>
      harmAt(`${position} statement ${statement.number} (${excerpt(statement.text)})`, statement, position),
    clock,
  );
  const pieces = kind.trickles === true ? fault.random : undefined;
  const proxy = await StatementProxy.open(server.urlOf(database), trap.watch, pieces);
  cleanup.add(() => proxy.close());
  if (moment.at === 'start') await harmAt('before the start');
  const command = startCommand({ ...target, databaseUrl: proxy.url });
  process = command.process;
  const ended = await command.ended;
  over.abort();
  return { ended, moment: when, harm: await injection };
}

function excerpt(statement: string): string {
  const line = statement.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
