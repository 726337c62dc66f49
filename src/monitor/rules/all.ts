import { growingLag, lag, silentCapture } from './capture.js';
import { cpu, disk, memory } from './machine.js';
import { changedOldName } from './old-names.js';
import { slowQuery } from './queries.js';
import type { Rule } from './rule.js';
import { differentPhase, failedRun, goneRun, rejectedRows, stalledRun } from './run.js';
import { heldSlot, longTransaction, replicaLag, usedConnections, waitingLock } from './server.js';

export const RULES: readonly Rule[] = [
  failedRun,
  goneRun,
  stalledRun,
  differentPhase,
  rejectedRows,
  silentCapture,
  changedOldName,
  lag,
  growingLag,
  longTransaction,
  waitingLock,
  slowQuery,
  usedConnections,
  cpu,
  memory,
  disk,
  heldSlot,
  replicaLag,
];
