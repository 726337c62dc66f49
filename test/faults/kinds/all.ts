import type { Kind } from '../kind.js';
import { cancel, cancels, crash, terminate, terminateAll } from './backend.js';
import { intrude, rewrite } from './intruders.js';
import { connections, disk, timeouts } from './limits.js';
import { lock } from './locks.js';
import { cut, cutAll, cutCommit, failedCommit, stall, trickle } from './network.js';
import { interrupt, kill, lateCommit } from './process.js';
import { restart } from './server.js';

/** Every way in which things go wrong here. */
export const KINDS: readonly Kind[] = [
  kill,
  lateCommit,
  interrupt,
  terminate,
  terminateAll,
  cancel,
  cancels,
  crash,
  restart,
  cut,
  cutAll,
  cutCommit,
  failedCommit,
  stall,
  trickle,
  lock,
  timeouts,
  connections,
  disk,
  rewrite,
  intrude,
];

export function kindNamed(name: string): Kind {
  const kind = KINDS.find((known) => known.name === name);
  if (kind === undefined) {
    throw new Error(
      `There is no kind of fault "${name}"; there are ${KINDS.map(({ name }) => name).join(', ')}.`,
    );
  }
  return kind;
}
