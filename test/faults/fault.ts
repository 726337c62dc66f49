import { Random, streamKey } from '../../fixtures/random.js';
import { POSITIONS, type Position } from './connection.js';
import type { Kind } from './kind.js';
import { KINDS } from './kinds/all.js';
import { SCENARIOS, type Scenario } from './scenario.js';

/** Where in a run a fault happens. */
export type Moment =
  | { readonly at: 'never' }
  | { readonly at: 'start' }
  /** A share of the time that an undisturbed run takes. */
  | { readonly at: 'time'; readonly share: number }
  /** A share of the statements of an undisturbed run, or of its COMMITs. */
  | {
      readonly at: 'statement' | 'commit';
      readonly share: number;
      readonly position: Position;
    }
  /** One statement, by its number or by what is in it. */
  | { readonly at: 'number'; readonly number: number; readonly position: Position }
  | {
      readonly at: 'text';
      readonly text: RegExp;
      readonly nth: number;
      readonly position: Position;
      /** Counts only statements of transactions that sent such a one before. */
      readonly after?: RegExp | undefined;
    };

/** One fault, wholly given by the seed and its number. */
export interface Fault {
  readonly number: number;
  readonly kind: Kind;
  readonly scenario: Scenario;
  readonly moment: Moment;
  readonly lanes: number;
  readonly json: boolean;
  /** Gives the command again at once, as an impatient user does, and not when the backends are gone. */
  readonly atOnce: boolean;
  /** For what the fault itself leaves to chance. */
  readonly random: Random;
}

const LATEST = 0.97;

/** Fault `number` of a seed. Which kinds come is a matter of the number, so that each of them comes in its share. */
export function faultOf(seed: number, number: number, only?: Kind): Fault {
  const random = new Random().reset(streamKey(seed, 1), number);
  const kind = only ?? inTurn(seed, number);
  const scenario = random.pick(SCENARIOS);
  return {
    number,
    kind,
    scenario,
    moment: momentOf(kind, random),
    lanes: 1 + random.int(3),
    json: random.chance(0.5),
    atOnce: random.chance(0.5) || kind.atOnce === true,
    random,
  };
}

/** Every kind as often as its weight says, in an order that the seed shuffles, and so on again. */
function inTurn(seed: number, number: number): Kind {
  const round = KINDS.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  const shuffle = new Random().reset(streamKey(seed, 2), Math.floor((number - 1) / round.length));
  for (let left = round.length; left > 1; left -= 1) {
    const other = shuffle.int(left);
    [round[left - 1], round[other]] = [round[other] as Kind, round[left - 1] as Kind];
  }
  return round[(number - 1) % round.length] as Kind;
}

function momentOf(kind: Kind, random: Random): Moment {
  if (kind.when === 'start') return { at: 'start' };
  const share = random.unit() * LATEST;
  if (kind.when === 'any' && random.chance(0.35)) return { at: 'time', share };
  const position = random.pick(kind.positions ?? POSITIONS);
  return { at: kind.when === 'commit' ? 'commit' : 'statement', share, position };
}
