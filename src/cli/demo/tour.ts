import { relative } from 'node:path';
import type { Shape } from '../shapes.js';
import type { Style } from '../style.js';

/** What to look at after the demo. */

/** How this very command was started, as it is to be typed again. */
function self(): string {
  const script = process.argv[1] ?? '';
  return script.endsWith('.js') ? `node ${relative(process.cwd(), script)}` : 'npx pg-drydock';
}

/** One line for those who did not know of `--keep`. */
export function keepHint(style: Style): string[] {
  return [
    '',
    style.colors.dim('The server and its data are gone. `npm run demo -- --keep` keeps them to look at.'),
  ];
}

/** The keys of three tables, in four spellings, and several versions of a score: what the applications had to do. */
const BEFORE: Readonly<Partial<Record<Shape, string>>> = {
  B: `select o.app_name, a.trust_score, s.total_score, v.types
from opportunities o
left join submissions r on r.id = o.identified_from_submission_id
left join app_opportunities a on a.submission_id
  in (r.submission_id, 't3_' || r.submission_id, r.id::text)
left join lateral (
  select total_score from opportunity_scores
  where opportunity_id = o.id
  order by score_date desc nulls last limit 1) s on true
left join lateral (
  select jsonb_agg(distinct validation_type) as types
  from market_validations where opportunity_id = o.id) v on true
order by s.total_score desc nulls last limit 5;`,
};

const AFTER = `select u.title, u.trust_score, a.total_score, a.validation_types
from opportunities_unified u
left join opportunity_assessments a on a.opportunity_id = u.id
order by a.total_score desc nulls last limit 5;`;

const PROOF = `table opportunities except all table opportunities_legacy;  -- no rows`;

const CHANGE = `set drydock.own_writes = on;  -- nobody but Drydock writes here before the cutover
update opportunities_unified
set problem_statement = problem_statement || '.'
where id = (select min(id::text)::uuid from opportunities_unified
            where problem_statement is not null);`;

/** How to connect to the server that stays, and what to try there. */
export function tour(url: string, shape: Shape, style: Style): string[] {
  const { bold, dim } = style.colors;
  const sql = (text: string): string[] => text.split('\n').map((line) => `    ${line}`);
  const before = BEFORE[shape];
  return [
    '',
    bold('The server stays until Ctrl-C. In another terminal:'),
    '',
    `    export DATABASE_URL='${url}'`,
    `    ${self()} status --batches`,
    `    ${self()} verify --strict`,
    '    psql "$DATABASE_URL"',
    ...(before === undefined ? [] : ['', dim('  An opportunity before, from four tables:'), ...sql(before)]),
    '',
    dim('  The same from the unified tables:'),
    ...sql(AFTER),
    '',
    dim('  Each legacy table equals its view, in both directions:'),
    ...sql(PROOF),
    '',
    dim('  Change one value, and `verify` names it:'),
    ...sql(CHANGE),
    '',
  ];
}
