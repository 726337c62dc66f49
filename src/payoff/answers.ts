import { literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { preparePlanner } from './planner.js';
import type { Question } from './question.js';

/** Whether both forms of a question answer the same: the same rows as text, each as often. Order is no part of it. */
export interface Answers {
  readonly rows: number;
  /** Null when they are equal. */
  readonly difference: string | null;
}

const SHOWN = 120;

export async function compareAnswers(
  session: Session,
  question: Question,
  calls: readonly (readonly string[])[],
): Promise<Answers> {
  let rows = 0;
  await preparePlanner(session, question, 'legacy');
  for (const args of calls) {
    const found = await session.one(comparison(question, args));
    rows += Number(found.legacy);
    if (found.lost === '0' && found.extra === '0') continue;
    const given = args.length === 0 ? '' : ` (asked with ${args.join(', ')})`;
    return { rows, difference: `${differenceText(found)}${given}` };
  }
  return { rows, difference: null };
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
