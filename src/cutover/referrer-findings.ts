import { columnOf } from '../legacy/catalog.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf } from '../mapping/targets.js';
import { type BoundReferrer, bindReferrers, nameOfReferrer } from '../referrers/bound.js';
import { surveyReferrer } from '../referrers/survey.js';
import type { CutoverFinding } from '../reports/cutover.js';
import type { ReferrerPlan } from '../reports/plan.js';
import { carried, type Survey, stops, warned } from './preflight/findings.js';
import { referrerCollisions, referrersToRepoint } from './repoint-referrers.js';

/** What completing a phase means for outside tables that name rows of its sources without a foreign key. */
export async function referrerFindings(survey: Survey): Promise<CutoverFinding[]> {
  const { session, phase } = survey;
  const found: CutoverFinding[] = [];
  for (const one of await bindReferrers(session, phase))
    found.push(
      ...('table' in one
        ? await findingsOf(survey, one)
        : [
            stops(
              'referrer',
              nameOfReferrer(one.rule),
              one.obstacle,
              'Correct the declaration, or leave the referrer out.',
            ),
          ]),
    );
  for (const repointed of await referrersToRepoint(session, phase))
    for (const { index, rows } of await referrerCollisions(session, targetsOf(phase), repointed))
      found.push(
        stops(
          'referrer',
          nameOfReferrer(repointed.referrer.rule),
          `${rows} rows are to name what another row names: unique index ${index} does not take both.`,
          'Delete one of each two rows, or drop the index.',
        ),
      );
  return found;
}

async function findingsOf({ session, phase }: Survey, referrer: BoundReferrer): Promise<CutoverFinding[]> {
  const { rule, table } = referrer;
  const name = `${table.schema}.${nameOfReferrer(rule)}`;
  const { names, unknown } = await surveyReferrer(session, referrer);
  const rows = names.reduce((sum, one) => sum + one.rows, 0);
  const dangling = names.reduce((sum, one) => sum + one.dangling, 0);
  const keys = await session.query(
    `select c.conname as name from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
     where c.contype = 'f' and c.conrelid = $1::text::oid and a.attname = any ($2::text[]) group by 1 order by 1`,
    [table.oid, `{${rule.columns.map((column) => JSON.stringify(column)).join(',')}}`],
  );
  return [
    carried('referrer', name, MEANINGS[rule.becomes](rows)),
    ...(rule.becomes === 'id' ? keys : []).map((key) =>
      stops(
        'referrer',
        name,
        `Foreign key ${key.name} is on these columns, which are to hold other values.`,
        'Drop it, or leave the referrer out: a foreign key is followed by itself.',
      ),
    ),
    ...(rule.becomes === 'id' && !takesIds(phase, referrer)
      ? [
          stops(
            'referrer',
            name,
            'Its column is of a type that cannot hold every id of the unified table.',
            'Give it the type of the ids, a larger one, or text.',
          ),
        ]
      : []),
    ...(dangling === 0
      ? []
      : [
          warned(
            'referrer',
            name,
            `${dangling} rows name a row that is not there; they stay as they are.`,
            'Look at them.',
          ),
        ]),
    ...unknown.map((one) =>
      warned(
        'referrer',
        name,
        `${one.rows} rows have the type "${one.word}", which is declared to name no source; they stay as they are.`,
        'Declare the word, where it names one.',
      ),
    ),
  ];
}

/** Whole numbers by their size. */
const SIZES = ['int2', 'int4', 'int8'];

/** Whether the referrer's column holds whatever id a unified row may have. */
function takesIds({ bound }: Pick<Phase, 'bound'>, { rule, table }: BoundReferrer): boolean {
  const type = columnOf(table, rule.columns[0] as string)?.type;
  const { takeOver } = bound.mapping;
  const source = bound.sources.find((one) => one.rule.table === takeOver?.table);
  const id = source?.columns.find(({ name }) => name === takeOver?.id.column)?.type.kind ?? 'uuid';
  if (type === undefined || type.category === 'S') return true;
  return SIZES.includes(id) ? SIZES.indexOf(type.kind) >= SIZES.indexOf(id) : type.kind === id;
}

const MEANINGS: Readonly<Record<ReferrerPlan['becomes'], (rows: number) => string>> = {
  winner: (rows) =>
    `Of its ${rows} rows those that name a folded duplicate will name the row that won over it, and are kept as they were in drydock.repointed; the others stay.`,
  id: (rows) =>
    `Its ${rows} rows will name unified rows by their ids, and are kept as they were in drydock.repointed.`,
  left: (rows) => `Its ${rows} rows stay, and name what the views under the old names show.`,
};
