import { literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import type { Question } from '../project/questions.js';
import { preparePlanner } from './planner.js';

/** Whether both forms of a question answer the same: the same rows as text, each as often. Order is no part of it. */
export interface Answers {
  readonly rows: number;
  /** Null when they are equal. */
  readonly difference: string | null;
  /** The calls that were compared: all, or those up to a slow one. */
  readonly calls: readonly (readonly string[])[];
  /** Both answers together took long: it is not asked more often than it has to be. */
  readonly isSlow: boolean;
}

const SHOWN = 120;

/** At 500,000 things many a legacy form takes half a minute, and five runs with five arguments each an hour. */
const SLOW_MS = 3_000;

export async function compareAnswers(
  session: Session,
  question: Question,
  calls: readonly (readonly string[])[],
): Promise<Answers> {
  let rows = 0;
  await preparePlanner(session, question, 'legacy');
  for (const [index, args] of calls.entries()) {
    const begin = performance.now();
    const found = await session.one(comparison(question, args));
    const isSlow = performance.now() - begin > SLOW_MS;
    const compared = calls.slice(0, index + 1);
    rows += Number(found.legacy);
    if (found.lost !== '0' || found.extra !== '0') {
      const given = args.length === 0 ? '' : ` (asked with ${args.join(', ')})`;
      return { rows, difference: `${differenceText(found)}${given}`, calls: compared, isSlow };
    }
    if (isSlow) return { rows, difference: null, calls: compared, isSlow };
  }
  return { rows, difference: null, calls, isSlow: false };
}

function comparison(question: Question, args: readonly string[]): string {
  return `with l as materialized (select q::text as row from (${question.legacy(...args)}) q),
u as materialized (select q::text as row from (${question.unified(...args)}) q),
lost as materialized (select row from l except all select row from u),
extra as materialized (select row from u except all select row from l)
select (select count(*) from l)::text as legacy, (select count(*) from u)::text as unified,
  (select count(*) from lost)::text as lost, (select count(*) from extra)::text as extra,
  (select min(row) from lost) as a_lost, (select min(row) from extra) as an_extra`;
}

function differenceText(found: Readonly<Record<string, string | null>>): string {
  const example = (name: string, row: string | null | undefined) =>
    row == null ? '' : `; ${name}, for instance: ${row.slice(0, SHOWN)}`;
  return (
    `${found.legacy} rows from the legacy tables and ${found.unified} from the unified ones, of which ${found.lost} and ` +
    `${found.extra} are not in the other answer${example('lost', found.a_lost)}${example('extra', found.an_extra)}`
  );
}

/** The arguments of each call, as literals. */
export async function callsOf(session: Session, question: Question): Promise<string[][]> {
  if (question.parameters === undefined) return [[]];
  const rows = await session.query(question.parameters);
  return rows.map((row) => Object.values(row).map((value) => (value === null ? 'null' : literal(value))));
}
