import type { ChildProcess } from 'node:child_process';
import type { Random } from '../../fixtures/random.js';
import type { Cleanup } from '../../src/db/cleanup.js';
import type { Position, Statement } from './connection.js';
import type { StatementProxy } from './proxy.js';
import type { FaultServer } from './server.js';

/** Where a fault happens, and what it may use to do harm. */
export interface Site {
  readonly server: FaultServer;
  readonly database: string;
  readonly proxy: StatementProxy;
  /** The run; not there yet when the fault comes before it. */
  readonly process: ChildProcess | undefined;
  readonly random: Random;
  /** The statement that is held, where the moment is a statement and not a time. */
  readonly statement: Statement | undefined;
  readonly position: Position | undefined;
  /** What ends the harm; awaited when the run has ended, at the latest. */
  readonly heal: Cleanup;
}

/** What a run may come to under a fault. */
export interface Outcomes {
  /** It may stop with an error of its own; else it has to finish. */
  readonly stops: boolean;
  /** The signal that ended the process, where the fault is its end. */
  readonly killedBy?: 'SIGKILL';
  /** The exit status of a command that was told to end. */
  readonly told?: number;
}

/** When a fault may happen. */
export type When =
  /** At any time, or at any statement. */
  | 'any'
  /** Only at a statement. */
  | 'statement'
  /** At the COMMIT of a transaction. */
  | 'commit'
  /** Before the process starts. */
  | 'start';

/** One way in which things go wrong. */
export interface Kind {
  readonly name: string;
  /** What it does, for the table in docs/reliability.md. */
  readonly what: string;
  readonly when: When;
  /** Where a statement is stopped; any of the three when not given. */
  readonly positions?: readonly Position[];
  readonly outcomes: Outcomes;
  /** Only of interest when the command is given again at once. */
  readonly atOnce?: true;
  /** What the server says comes in small pieces. */
  readonly trickles?: true;
  /** How often it is chosen, beside the others; to change it changes which faults a seed gives. */
  readonly weight: number;
  /** A database that has to be made in a way of its own; undefined when that cannot be done here, and why. */
  readonly place?: (server: FaultServer, heal: Cleanup) => Promise<Place | { readonly cannot: string }>;
  /** Does the harm, and says what it did. */
  inject(site: Site, place: Place | undefined): Promise<string>;
}

/** Where a fault's database lies, when not at the usual place. */
export interface Place {
  readonly tablespace: string;
  readonly directory: string;
}
