import type { Position, Statement, Watcher } from './connection.js';
import type { Moment } from './fault.js';

/** Springs once: at the statement that a moment means. */
export class Trap {
  readonly #matches: (statement: Statement) => boolean;
  readonly #position: Position;
  readonly #spring: (statement: Statement, position: Position) => Promise<void>;
  readonly #begin: () => void;
  #target: Statement | undefined;
  #begun = false;
  #sprung = false;
  /** The last statement that went by. */
  last = '';

  /**
   * @param statements of an undisturbed run: shares are of them
   * @param begin told of the first statement: times are counted from there
   */
  constructor(
    moment: Moment,
    statements: readonly string[],
    spring: (statement: Statement, position: Position) => Promise<void>,
    begin: () => void,
  ) {
    this.#begin = begin;
    this.#matches = matcherOf(moment, statements);
    this.#position = 'position' in moment ? moment.position : 'before';
    this.#spring = spring;
  }

  readonly watch: Watcher = async (statement, position) => {
    if (position === 'before') {
      if (!this.#begun) this.#begin();
      this.#begun = true;
      this.last = statement.text;
      if (this.#target === undefined && this.#matches(statement)) this.#target = statement;
    }
    if (statement !== this.#target || position !== this.#position || this.#sprung) return;
    this.#sprung = true;
    await this.#spring(statement, position);
  };
}

const COMMIT = /^commit/i;

function matcherOf(moment: Moment, statements: readonly string[]): (statement: Statement) => boolean {
  switch (moment.at) {
    case 'never':
    case 'start':
    case 'time':
      return () => false;
    case 'number':
      return ({ number }) => number === moment.number;
    case 'statement': {
      const wanted = 1 + Math.floor(moment.share * statements.length);
      return ({ number }) => number === wanted;
    }
    case 'commit':
      return nth(
        COMMIT,
        1 + Math.floor(moment.share * statements.filter((text) => COMMIT.test(text)).length),
      );
    case 'text':
      return moment.after === undefined
        ? nth(moment.text, moment.nth)
        : nthOfTransactions(moment.text, moment.nth, moment.after);
  }
}

const BOUNDARY = /^(begin|start transaction|commit|rollback$|end)/i;

/** The n-th such statement among those of transactions that sent another one before it. */
function nthOfTransactions(
  pattern: RegExp,
  wanted: number,
  after: RegExp,
): (statement: Statement) => boolean {
  const sent = new WeakSet<Statement['connection']>();
  let seen = 0;
  return ({ text, connection }) => {
    const found = sent.has(connection) && pattern.test(text) && ++seen === wanted;
    if (BOUNDARY.test(text)) sent.delete(connection);
    else if (after.test(text)) sent.add(connection);
    return found;
  };
}

function nth(pattern: RegExp, wanted: number): (statement: Statement) => boolean {
  let seen = 0;
  return ({ text }) => pattern.test(text) && ++seen === wanted;
}
