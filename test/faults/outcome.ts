import type { Ended } from './command.js';
import type { Outcomes } from './kind.js';

/** How a run of the command ended, in a word, and what is wrong with that. */
export interface Verdict {
  /** `finished`, `stopped`, `told` or `killed`. */
  readonly end: 'finished' | 'stopped' | 'told' | 'killed' | 'wrong';
  /** What it said of it: the report's outcome, or the error's code and message. */
  readonly said: string;
  readonly problems: readonly string[];
}

interface ErrorDocument {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly state?: unknown;
  readonly next?: unknown;
}

/** Whether a run ended in one of the ways that it may under a fault. */
export function judgeEnd(ended: Ended, outcomes: Outcomes): Verdict {
  if (ended.hung) return wrong(`it did not end within ${ended.seconds.toFixed(0)} s`);
  if (ended.signal !== null) {
    if (ended.signal === outcomes.killedBy) return { end: 'killed', said: ended.signal, problems: [] };
    return wrong(`it was ended by ${ended.signal}`);
  }
  if (ended.status === 0) return judgeReport(ended);
  const { error, problems } = readError(ended);
  if (outcomes.told !== undefined && ended.status === outcomes.told)
    return { end: 'told', said: said(error), problems };
  if (ended.status !== 2) problems.push(`its exit status is ${ended.status}`);
  if (!outcomes.stops) problems.push('it stopped, where it has to finish');
  return { end: problems.length === 0 ? 'stopped' : 'wrong', said: said(error), problems };
}

function wrong(problem: string): Verdict {
  return { end: 'wrong', said: problem, problems: [problem] };
}

/** A run that exits 0 says that it has finished, and names nothing that is left to do. */
function judgeReport({ stdout }: Ended): Verdict {
  if (!stdout.startsWith('{')) {
    const problems = /✔ Done|nothing to do|Nothing to do/i.test(stdout)
      ? []
      : ['it does not say that it is done'];
    return { end: problems.length === 0 ? 'finished' : 'wrong', said: 'done', problems };
  }
  const document = JSON.parse(stdout) as { outcome?: unknown; phases?: readonly { outcome?: unknown }[] };
  // A change of names says of each phase what became of it.
  const outcome =
    'outcome' in document || document.phases?.some((phase) => phase.outcome === 'refused') === true
      ? document.outcome
      : 'done';
  const problems = outcome === 'done' || outcome === 'nothing-to-do' ? [] : [`its outcome is ${outcome}`];
  return { end: problems.length === 0 ? 'finished' : 'wrong', said: String(outcome), problems };
}

/** An error that a person can act on: what, in which state, what next; no stack, and nobody's defect. */
function readError({ stdout, stderr }: Ended): { error: ErrorDocument; problems: string[] } {
  const problems: string[] = [];
  const error = stdout.startsWith('{') ? fromJson(stdout) : fromText(stderr);
  for (const part of ['message', 'state', 'next'] as const) {
    const text = error[part];
    if (typeof text !== 'string' || text === '') problems.push(`the error has no ${part}`);
  }
  const all = stdout + stderr;
  if (/^\s+at .*:\d+:\d+/m.test(all)) problems.push('a stack was printed');
  if (/defect/.test(all)) problems.push('it calls the fault a defect of its own');
  if (problems.length > 0) problems.push(`it printed: ${all.slice(-1500)}`);
  return { error, problems };
}

function fromJson(stdout: string): ErrorDocument {
  try {
    return (JSON.parse(stdout) as { error?: ErrorDocument }).error ?? {};
  } catch {
    return {};
  }
}

function fromText(stderr: string): ErrorDocument {
  const part = (mark: RegExp) => mark.exec(stderr)?.[1];
  return {
    message: part(/^drydock: (.+)$/m),
    state: part(/^ {2}State: (.+)$/m),
    next: part(/^ {2}Next: {2}(.+)$/m),
  };
}

function said({ code, message }: ErrorDocument): string {
  return [code, message].filter((part) => typeof part === 'string').join(': ');
}
