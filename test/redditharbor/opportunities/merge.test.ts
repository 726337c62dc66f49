import { beforeAll, describe, expect, test } from 'vitest';
import { type LegacyMixture, mixtureOf, SHAPE_A, SHAPE_B, SHAPE_B_DLT } from '../../../fixtures/mixture.js';
import { uuidV5 } from '../../../src/keys/uuid.js';
import type { Phase } from '../../../src/mapping/phase.js';
import { createTestDatabase } from '../../support/database.js';
import { bindPhase, createLegacy } from '../../support/legacy.js';
import { openSession } from '../../support/session.js';
import { type Case, KEY, mergeCase, type OurRow } from '../merged.js';

const id = (n: number) => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
const at = (day: number) => `2025-01-${String(day).padStart(2, '0')} 00:00:00+00`;

const phases = new Map<string, Phase>();
const MIXTURES: Readonly<Record<string, LegacyMixture>> = {
  A: SHAPE_A,
  B: SHAPE_B,
  dlt: SHAPE_B_DLT,
  'B, workflows of A': mixtureOf({ workflowResults: 'A' }),
};
beforeAll(async () => {
  for (const [name, mixture] of Object.entries(MIXTURES)) {
    const database = await createTestDatabase('merge');
    await createLegacy(database, mixture);
    phases.set(name, await bindPhase(await openSession(database.url), mixture, 'opportunities'));
  }
});

const merge = (shape: keyof typeof MIXTURES, rows: Case) => mergeCase(phases.get(shape) as Phase, rows);
/** The only unified row. */
function golden(shape: keyof typeof MIXTURES, rows: Case): OurRow {
  const { unified } = merge(shape, rows);
  expect(unified).toHaveLength(1);
  return unified[0] ?? {};
}
const residueOf = (row: OurRow): unknown => (row.residue == null ? null : JSON.parse(row.residue));

describe('ideas', () => {
  const one = { id: id(1), title: 'Budget tracker', problem_statement: 'No overview.', created_at: at(2) };

  test('rows of one submission with the same idea are one opportunity, however they are written', () => {
    const { unified, folded, booked } = merge('A', {
      opportunities: [
        one,
        { ...one, id: id(2), title: 'BUDGET-TRACKER!', problem_statement: 'no  overview' },
      ],
    });
    expect(unified.map((row) => row.id)).toEqual([id(1)]);
    expect(folded).toMatchObject([
      { source: 'opportunities', unified_id: id(1), row: { id: id(2), title: 'BUDGET-TRACKER!' } },
    ]);
    expect(booked.opportunities).toEqual({ primary: 1, folded: 1 });
  });

  test.each([
    ['another title', { title: 'Meal planner' }],
    ['another problem', { problem_statement: 'Too dear.' }],
    ['no problem', { problem_statement: null }],
  ])('different ideas stay different: %s', (_what, other) => {
    const { unified, folded } = merge('A', { opportunities: [one, { ...one, id: id(2), ...other }] });
    expect(unified.map((row) => row.id).sort()).toEqual([id(1), id(2)]);
    expect(folded).toEqual([]);
  });

  test('an idea is its app name where there is no title', () => {
    const row = { id: id(1), app_name: 'Budgetly', problem_statement: 'x', status: 'identified' };
    const { unified } = merge('B', {
      opportunities: [
        row,
        { ...row, id: id(2), app_name: 'budgetly' },
        { ...row, id: id(3), app_name: 'Mealy' },
      ],
    });
    expect(unified.map((found) => found.id).sort()).toEqual([id(1), id(3)]);
  });
});

describe('the winner', () => {
  const row = { title: 'Same', problem_statement: 'same', created_at: at(1) };
  const winner = (...rows: readonly Record<string, string | null>[]) => {
    const forward = golden('A', { opportunities: rows }).id;
    expect(golden('A', { opportunities: [...rows].reverse() }).id).toBe(forward);
    return forward;
  };

  test('is the row with the later update', () => {
    expect(
      winner(
        { ...row, id: id(1), updated_at: at(3), description: 'more' },
        { ...row, id: id(2), updated_at: at(4) },
      ),
    ).toBe(id(2));
    expect(winner({ ...row, id: id(1) }, { ...row, id: id(2), updated_at: at(1) })).toBe(id(2));
  });
  test('then the one with more values', () => {
    expect(winner({ ...row, id: id(1) }, { ...row, id: id(2), description: '' })).toBe(id(2));
  });
  test('then the one with the smaller id', () => {
    expect(winner({ ...row, id: id(3) }, { ...row, id: id(2) }, { ...row, id: id(4) })).toBe(id(2));
  });
  test('of shape B is the one reviewed later', () => {
    const b = { app_name: 'Same', problem_statement: 'same' };
    const rows = [
      { ...b, id: id(1), last_reviewed_at: at(5) },
      { ...b, id: id(2), last_reviewed_at: at(6) },
    ];
    expect(golden('B', { opportunities: rows }).id).toBe(id(2));
  });
  test('takes the others with it: earliest and latest time of all', () => {
    const found = golden('A', {
      opportunities: [
        { ...row, id: id(1), created_at: at(5), updated_at: at(9) },
        { ...row, id: id(2), created_at: at(3), updated_at: at(6) },
      ],
      app_opportunities: [{ id: id(7), submission_id: 'x', created_at: at(2), analyzed_at: at(4) }],
      workflow_results: [{ id: id(8), '@4': id(1), created_at: at(7), updated_at: at(20) }],
    });
    expect(found).toMatchObject({ created_at: at(2), updated_at: at(20) });
  });
  test('of dlt rows that are equal to the last byte is one of them', () => {
    const app = { submission_id: 'x', app_concept: 'c', _dlt_load_id: '1', _dlt_id: 'a' };
    const { unified, folded, booked } = merge('dlt', { app_opportunities: [app, app, app] });
    expect([unified.length, folded.length]).toEqual([1, 2]);
    expect(booked.app_opportunities).toEqual({ primary: 1, folded: 2 });
  });
});

describe('the id', () => {
  test('is that of the winning opportunity', () => {
    expect(
      golden('B', { opportunities: [{ id: id(5) }], app_opportunities: [{ id: id(1), submission_id: 'x' }] })
        .id,
    ).toBe(id(5));
  });
  test('is made of the merge key where there is none', () => {
    const found = golden('B', { app_opportunities: [{ id: id(1), submission_id: 'x' }] });
    expect(found).toMatchObject({
      id: uuidV5(KEY),
      merge_key: KEY,
      from_opportunities: 'f',
      from_app_opportunities: 't',
    });
  });
});

describe('rows of the other tables', () => {
  const ideas = [
    { id: id(1), app_name: 'Late one', problem_statement: 'a', created_at: at(9) },
    { id: id(2), app_name: 'Early one', problem_statement: 'b', created_at: at(1) },
    { id: id(3), app_name: 'Named one', problem_statement: 'c', created_at: at(5) },
    { id: id(4), app_name: 'named ONE', problem_statement: 'd', created_at: at(4) },
    { id: id(5), app_name: 'Without time', problem_statement: 'e', created_at: null },
  ];
  const having = (flag: string, rows: readonly OurRow[]) =>
    rows.filter((row) => row[flag] === 't').map((row) => row.id);

  test('attach to the idea with the same name, the earliest of several', () => {
    const { unified } = merge('B', {
      opportunities: ideas,
      app_opportunities: [{ id: id(11), submission_id: 'x', title: 'Named-one' }],
      workflow_results: [{ id: id(12), opportunity_id: 'opp_x', app_name: 'late one' }],
    });
    expect(having('from_app_opportunities', unified)).toEqual([id(4)]);
    expect(having('from_workflow_results', unified)).toEqual([id(1)]);
  });

  test.each(['Unheard of', null, '', '!!!'])('else to the earliest of all: %j', (name) => {
    const { unified } = merge('B', {
      opportunities: ideas,
      app_opportunities: [{ id: id(11), submission_id: 'x', title: name }],
      workflow_results: [{ id: id(12), opportunity_id: 'opp_x', app_name: name }],
    });
    expect(having('from_app_opportunities', unified)).toEqual([id(2)]);
    expect(having('from_workflow_results', unified)).toEqual([id(2)]);
  });

  test('no name is nobody’s name: it finds no idea whose own name is nothing but punctuation', () => {
    const { unified } = merge('B', {
      opportunities: [...ideas, { id: id(6), app_name: '!!!', problem_statement: 'f', created_at: at(8) }],
      app_opportunities: [{ id: id(11), submission_id: 'x', title: '...' }],
    });
    expect(having('from_app_opportunities', unified)).toEqual([id(2)]);
  });

  test('of one time the idea with the smaller id is the earliest', () => {
    const { unified } = merge('B', {
      opportunities: ideas.slice(0, 3).map((row) => ({ ...row, created_at: at(1) })),
      app_opportunities: [{ id: id(11), submission_id: 'x' }],
    });
    expect(having('from_app_opportunities', unified)).toEqual([id(1)]);
  });

  test('all of one table are one: the others are folded into the same idea', () => {
    const { unified, folded } = merge('B', {
      opportunities: ideas,
      app_opportunities: [
        { id: id(11), submission_id: 'x', title: 'Named one', analyzed_at: at(2) },
        { id: id(12), submission_id: 't3_x', title: 'Late one', analyzed_at: at(1) },
      ],
    });
    expect(having('from_app_opportunities', unified)).toEqual([id(4)]);
    expect(folded).toMatchObject([{ source: 'app_opportunities', unified_id: id(4), row: { id: id(12) } }]);
  });

  test('workflows that name their opportunity stay with it, also where it was folded', () => {
    const { unified, folded } = merge('B, workflows of A', {
      opportunities: [...ideas, { ...ideas[0], id: id(6), last_reviewed_at: null, created_at: at(20) }],
      workflow_results: [
        { id: id(11), '@4': id(3), status: 'completed' },
        { id: id(12), '@4': id(6), status: 'failed' },
        { id: id(13), '@4': id(1), updated_at: at(3), status: 'pending' },
      ],
    });
    expect(having('from_workflow_results', unified).sort()).toEqual([id(1), id(3)]);
    expect(unified.find((row) => row.id === id(1))?.workflow_result_id).toBe(id(13));
    expect(unified.find((row) => row.id === id(3))?.workflow_result_id).toBe(id(11));
    const workflows = folded.filter(({ source }) => source === 'workflow_results');
    expect(workflows).toMatchObject([{ unified_id: id(1), row: { id: id(12) } }]);
  });

  test('workflows of an opportunity that is gone are one of their own', () => {
    const { unified, folded } = merge('A', {
      workflow_results: [
        { id: id(11), updated_at: at(1) },
        { id: id(12), updated_at: at(2) },
      ],
    });
    expect(unified).toMatchObject([{ id: uuidV5(KEY), workflow_result_id: id(12) }]);
    expect(folded).toMatchObject([{ unified_id: uuidV5(KEY), row: { id: id(11) } }]);
  });
});

describe('very many rows of one submission', () => {
  // More than are kept split, and so gone through line by line.
  const opportunities = Array.from({ length: 300 }, (_, n) => ({
    id: id(n),
    app_name: ['One', 'ONE!', 'Two', 'Three'][n % 4] ?? '',
    problem_statement: 'p',
    last_reviewed_at: n % 7 === 0 ? null : at(1 + (n % 9)),
    created_at: at(1 + (n % 5)),
  }));
  const app = Array.from({ length: 200 }, (_, n) => ({
    id: id(1000 + n),
    submission_id: 'x',
    title: 'Two',
    analyzed_at: at(1 + (n % 9)),
  }));

  test('are as many opportunities as they have ideas, whatever the order', () => {
    const workflows = Array.from({ length: 150 }, (_, n) => ({
      id: id(2000 + n),
      '@4': id(n),
      status: 'done',
      updated_at: at(1 + (n % 3)),
    }));
    const rows = { opportunities, app_opportunities: app, workflow_results: workflows };
    const { unified, folded, booked } = merge('B, workflows of A', rows);
    // The latest review, then the smaller id.
    expect(unified.map((row) => row.id).sort()).toEqual([id(8), id(26), id(71)]);
    expect(booked).toEqual({
      opportunities: { primary: 3, folded: 297 },
      app_opportunities: { primary: 1, folded: 199 },
      workflow_results: { primary: 3, folded: 147 },
    });
    expect(folded).toHaveLength(297 + 199 + 147);
    const reversed = merge(
      'B, workflows of A',
      Object.fromEntries(Object.entries(rows).map(([table, list]) => [table, [...list].reverse()])),
    );
    const sorted = (list: readonly unknown[]) => list.map((row) => JSON.stringify(row)).sort();
    expect(sorted(reversed.unified)).toEqual(sorted(unified));
    expect(sorted(reversed.folded)).toEqual(sorted(folded));
  });
});

describe('survivorship', () => {
  test('opportunities, then app_opportunities, then workflow_results', () => {
    const opportunity = {
      id: id(1),
      problem_statement: 'from o',
      app_name: 'o',
      source_subreddit: 'o',
      status: 'validated',
    };
    const app = {
      id: id(2), submission_id: 'x', title: 'from app', problem_description: 'from app', subreddit: 'app', status: 'built',
      core_functions: '["app"]', opportunity_score: '70.00',
    }; // biome-ignore format: a list
    const workflow = {
      id: id(3),
      opportunity_id: 'opp_x',
      app_name: 'w',
      function_list: '["w"]',
      status: 'failed',
      final_score: '50.5',
    };
    const all = golden('B', {
      opportunities: [opportunity],
      app_opportunities: [app],
      workflow_results: [workflow],
    });
    expect(all).toMatchObject({
      title: 'from app', problem_statement: 'from o', app_name: 'o', subreddit: 'o', status: 'validated',
      core_functions: '["app"]', opportunity_score: '70.00',
    }); // biome-ignore format: a list
    expect(residueOf(all)).toEqual({
      'app.problem_description': 'from app',
      'app.subreddit': 'app',
      'app.status': 'built',
      'workflow.app_name': 'w',
      'workflow.function_list': '["w"]',
    });
    const last = golden('B', { workflow_results: [workflow] });
    expect(last).toMatchObject({
      app_name: 'w',
      core_functions: '["w"]',
      status: 'archived',
      opportunity_score: '50.50',
    });
    expect(residueOf(last)).toBeNull();
  });

  test('an empty text is a value, null is none', () => {
    const found = golden('B', {
      opportunities: [{ id: id(1), problem_statement: '', source_subreddit: null, status: 'identified' }],
      app_opportunities: [
        { id: id(2), submission_id: 'x', problem_description: 'p', subreddit: 's', status: 'discovered' },
      ],
    });
    expect(found).toMatchObject({ problem_statement: '', subreddit: 's' });
    expect(residueOf(found)).toEqual({
      'opportunity.source_subreddit': null,
      'app.problem_description': 'p',
      'app.title': null,
    });
  });

  test('a value that the golden type cannot hold gives way to the next, and stays in the residue', () => {
    const found = golden('dlt', {
      app_opportunities: [
        {
          submission_id: 'x',
          opportunity_score: '101',
          trust_score: 'NaN',
          core_functions: '{"a": 1}',
          status: 'discovered',
        },
      ],
      workflow_results: [{ id: id(3), opportunity_id: 'opp_x', function_list: '["w"]', final_score: '12' }],
    });
    expect(found).toMatchObject({ opportunity_score: '12.00', trust_score: null, core_functions: '["w"]' });
    expect(residueOf(found)).toEqual({
      'app.opportunity_score': '101',
      'app.trust_score': 'NaN',
      'app.core_functions': '{"a": 1}',
      'app.title': null,
    });
  });

  test('what is exact needs no residue', () => {
    const found = golden('B', {
      opportunities: [{ id: id(1), problem_statement: 'p', status: 'identified' }],
      app_opportunities: [
        {
          id: id(2),
          submission_id: 'x',
          title: 't',
          status: 'discovered',
          trust_level: 'HIGH',
          trust_score: '72.12',
          core_functions: '["a", "b"]',
          problem_description: 'p',
        },
      ],
    });
    expect(residueOf(found)).toBeNull();
  });

  test('the submission is known from any of the rows', () => {
    const row = { id: id(2), opportunity_id: 'opp_x' };
    const submission = (known: string | null) =>
      golden('B', { opportunities: [{ id: id(1) }], workflow_results: [{ ...row, '@1': known }] })
        .submission_id;
    // It is the key then.
    expect([submission('t'), submission(null)]).toEqual([KEY, null]);
  });
});

describe('the title', () => {
  const extras = { '@2': 'The post' };
  test('falls back to the submission, the app name, the first words of the problem, and at last to a word', () => {
    const opportunity = { id: id(1), problem_statement: 'a problem', app_name: 'an app' };
    const app = { id: id(2), submission_id: 'x', title: 'a title' };
    expect(
      golden('B', {
        opportunities: [{ ...opportunity, ...extras }],
        app_opportunities: [{ ...app, ...extras }],
      }).title,
    ).toBe('a title');
    expect(golden('B', { opportunities: [{ ...opportunity, ...extras }] }).title).toBe('The post');
    expect(golden('B', { opportunities: [opportunity] }).title).toBe('an app');
    expect(golden('B', { opportunities: [{ ...opportunity, app_name: null }] }).title).toBe('a problem');
    expect(
      golden('B', { workflow_results: [{ id: id(3), opportunity_id: 'opp_x', app_name: 'w' }] }).title,
    ).toBe('w');
    expect(golden('B', { opportunities: [{ id: id(1), problem_statement: ' \n ' }] }).title).toBe(
      'Untitled opportunity',
    );
  });

  test('of a long problem is cut between words', () => {
    const words = `${'word '.repeat(30)}`;
    const { title } = golden('A', { opportunities: [{ id: id(1), problem_statement: words }] });
    expect(title).toMatch(/^word( word)+…$/);
    expect(title?.length).toBeLessThanOrEqual(81);
    // No half of a character.
    const emoji = golden('A', {
      opportunities: [{ id: id(1), problem_statement: `x${'\u{1F680}'.repeat(100)}` }],
    }).title;
    expect(emoji).toMatch(/^x\u{1F680}+…$/u);
  });
});

describe('times', () => {
  test('are those of the submission where no row has any', () => {
    expect(
      golden('B', { app_opportunities: [{ id: id(1), submission_id: 'x', '@3': at(3) }] }),
    ).toMatchObject({ created_at: at(3), updated_at: at(3) });
    expect(golden('B', { app_opportunities: [{ id: id(1), submission_id: 'x' }] })).toMatchObject({
      created_at: null,
      updated_at: null,
    });
  });
  test('never say that a row was updated before it was made', () => {
    const row = { id: id(1), submission_id: 'x', created_at: null, analyzed_at: at(1), '@3': at(3) };
    expect(golden('B', { app_opportunities: [row] })).toMatchObject({ created_at: at(3), updated_at: at(3) });
  });
  test('without a zone are taken as UTC', () => {
    const row = { id: id(1), opportunity_id: 'opp_x', processed_at: '2025-01-02 03:04:05.000006' };
    expect(golden('B', { workflow_results: [row] })).toMatchObject({
      created_at: '2025-01-02 03:04:05.000006+00',
      updated_at: '2025-01-02 03:04:05.000006+00',
    });
  });
});

describe('dimensions', () => {
  test('on the unit scale become points, and competition its complement', () => {
    const row = {
      id: id(1), market_demand_score: '0.72', pain_intensity_score: '1.00', competition_level_score: '0.28',
      technical_feasibility_score: '0.00', monetization_potential_score: null,
    }; // biome-ignore format: a list
    const found = golden('A', { workflow_results: [row] });
    expect(JSON.parse(found.dimension_scores ?? '')).toEqual({
      market_demand: 72,
      pain_intensity: 100,
      market_gap: 72,
      technical_feasibility: 0,
    });
    expect(found.dimension_scores).toContain('"market_gap": 72.00');
    expect(residueOf(found)).toBeNull();
  });
  test('on the percent scale stay what they are; without any there is no document', () => {
    const row = { id: id(1), opportunity_id: 'x', market_demand: '72.12', market_gap: '-1.00' };
    const found = golden('B', { workflow_results: [row] });
    expect(found.dimension_scores).toBe('{"market_demand": 72.12}');
    expect(residueOf(found)).toEqual({ 'workflow.market_gap': '-1.00' });
    expect(
      golden('B', { workflow_results: [{ id: id(1), opportunity_id: 'x' }] }).dimension_scores,
    ).toBeNull();
  });
});

describe('the status', () => {
  test.each([
    ['identified', 'discovered'],
    ['discovered', 'discovered'],
    ['pending', 'discovered'],
    ['scored', 'ai_enriched'],
    ['completed', 'ai_enriched'],
    ['ai_enriched', 'ai_enriched'],
    ['validated', 'validated'],
    ['built', 'validated'],
    ['rejected', 'archived'],
    ['failed', 'archived'],
    ['archived', 'archived'],
    ['on hold', 'discovered'],
    [null, 'discovered'],
  ])('%s -> %s, whichever table says it', (raw, unified) => {
    // biome-ignore format: a table
    const row = { id: id(1), status: raw };
    for (const table of ['opportunities', 'workflow_results'] as const)
      expect(golden('B', { [table]: [{ ...row, opportunity_id: 'opp_x' }] }).status).toBe(unified);
    expect(golden('dlt', { app_opportunities: [{ submission_id: 'x', status: raw }] }).status).toBe(unified);
  });
});
