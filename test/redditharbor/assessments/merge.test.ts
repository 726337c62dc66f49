import { beforeAll, describe, expect, test } from 'vitest';
import { SHAPE_A, SHAPE_B } from '../../../fixtures/mixture.js';
import { uuidV5 } from '../../../src/keys/uuid.js';
import type { Phase } from '../../../src/mapping/phase.js';
import { createTestDatabase } from '../../support/database.js';
import { bindPhase, createLegacy } from '../../support/legacy.js';
import { openSession } from '../../support/session.js';
import { type Case, KEY, mergeCase, type OurRow } from '../merged.js';

const id = (n: number) => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
const at = (day: number) => `2025-01-${String(day).padStart(2, '0')} 00:00:00+00`;

let phases: Readonly<Record<'A' | 'B', Phase>>;
beforeAll(async () => {
  const bind = async (mixture: typeof SHAPE_A) => {
    const database = await createTestDatabase('assess');
    await createLegacy(database, mixture);
    return bindPhase(await openSession(database.url), mixture, 'assessments');
  };
  phases = { A: await bind(SHAPE_A), B: await bind(SHAPE_B) };
});

const merge = (shape: 'A' | 'B', rows: Case) => mergeCase(phases[shape], rows);
/** Every group is one assessment. */
function assessment(shape: 'A' | 'B', rows: Case): OurRow {
  const { unified } = merge(shape, rows);
  expect(unified).toHaveLength(1);
  return unified[0] ?? {};
}
const json = (text: string | null | undefined): unknown => (text == null ? null : JSON.parse(text));

describe('the current score', () => {
  const current = (...rows: readonly Record<string, string | null>[]) => {
    const found = assessment('B', { opportunity_scores: rows }).id;
    expect(assessment('B', { opportunity_scores: [...rows].reverse() }).id).toBe(found);
    return found;
  };

  test('is the newest, whatever its version', () => {
    expect(
      current(
        { id: id(1), score_date: at(2), score_version: '1.0' },
        { id: id(2), score_date: at(1), score_version: '2.0' },
      ),
    ).toBe(id(1));
    expect(current({ id: id(1), score_date: null }, { id: id(2), score_date: '-infinity' })).toBe(id(2));
  });

  test.each([
    ['1.9', '1.10'],
    ['1.0', '2.0'],
    [null, '0'],
    ['2', '10'],
    ['1.0-rc1', '1.0-rc2'],
    ['1.0', '1.0.1'],
    ['9', '1000000000000000000'],
    ['v9', 'v10'],
  ])('of one time the higher version: %s < %s', (lower, higher) => {
    const row = { score_date: at(1) };
    expect(
      current(
        { ...row, id: id(1), score_version: lower, scoring_notes: 'more' },
        { ...row, id: id(2), score_version: higher },
      ),
    ).toBe(id(2));
  });

  test('is the same in any order, also where versions are hard to compare', () => {
    const versions = [
      '2',
      '10',
      '1000000000000000',
      '02',
      '1.0',
      '1.00',
      'a',
      '1a',
      '',
      '10000000000000000001',
      'a1',
      '1.a',
    ];
    const rows = versions.map((score_version, n) => ({ id: id(n), score_date: at(1), score_version }));
    for (const a of rows)
      for (const b of rows)
        for (const c of rows) {
          if (a === b || b === c || a === c) continue;
          const winners = [
            [a, b, c],
            [c, b, a],
            [b, c, a],
            [b, a, c],
          ].map((order) => assessment('B', { opportunity_scores: order }).id);
          expect(
            new Set(winners).size,
            JSON.stringify([a.score_version, b.score_version, c.score_version]),
          ).toBe(1);
        }
  });

  test('gives id, dimensions and version; the earlier ones are kept whole', () => {
    const { unified, folded, booked } = merge('B', {
      opportunity_scores: [
        {
          id: id(1),
          '@1': id(9),
          score_date: at(2),
          score_version: '2.0',
          market_demand_score: '70',
          market_gap_score: null,
          simplicity_score: '80',
        },
        {
          id: id(2),
          '@1': id(9),
          score_date: at(1),
          score_version: '1.0',
          market_demand_score: '10',
          market_gap_score: '5',
        },
      ],
    });
    expect(unified).toMatchObject([
      {
        id: id(1), opportunity_id: id(9), merge_key: KEY, market_demand_score: '70.00', market_gap_score: null, simplicity_score: '80.00',
        assessment_version: '2.0', assessment_method: 'SCORED', last_assessed_at: at(2), created_at: at(1), updated_at: at(2),
        from_opportunity_scores: 't', residue: null,
      },
    ]); // biome-ignore format: a row
    expect(folded).toMatchObject([
      { source: 'opportunity_scores', row: { id: id(2), market_gap_score: '5' } },
    ]);
    expect(booked.opportunity_scores).toEqual({ primary: 1, folded: 1 });
  });

  test('on the unit scale becomes points, competition its complement', () => {
    const row = {
      id: id(1),
      market_demand: '0.72',
      pain_intensity: '0.10',
      competition_level: '0.28',
      simplicity_score: '1.00',
    };
    expect(assessment('A', { opportunity_scores: [row] })).toMatchObject({
      market_demand_score: '72.00', pain_intensity_score: '10.00', market_gap_score: '72.00', simplicity_score: '100.00',
      technical_feasibility_score: null, residue: null,
    }); // biome-ignore format: a row
    const odd = assessment('A', {
      opportunity_scores: [{ ...row, competition_level: 'NaN', market_demand: '-0.10' }],
    });
    expect(odd).toMatchObject({ market_gap_score: null, market_demand_score: null });
    expect(json(odd.residue)).toEqual({
      'score.competition_level': 'NaN',
      'score.market_demand': '-0.10',
    });
  });
});

describe('validations and components', () => {
  test('without a score are VALIDATION_ONLY or COMPONENTS_ONLY, and keep an id of their own', () => {
    const validation = {
      id: id(1),
      '@1': id(9),
      validation_type: 'survey',
      confidence_score: '0.5',
      validation_date: at(3),
    };
    const component = { id: id(2), metric_name: 'reach', metric_value: '1.5000', calculated_at: at(4) };
    const found = assessment('B', { market_validations: [validation] });
    expect(found).toMatchObject({
      id: uuidV5(`assessment:${KEY}`), opportunity_id: id(9), assessment_method: 'VALIDATION_ONLY', validation_count: '1',
      component_count: '0', from_opportunity_scores: 'f', last_assessed_at: at(3), market_demand_score: null,
    }); // biome-ignore format: a row
    expect(assessment('B', { score_components: [component] }).assessment_method).toBe('COMPONENTS_ONLY');
    expect(
      assessment('B', { market_validations: [validation], score_components: [component] }).assessment_method,
    ).toBe('VALIDATION_ONLY');
    const scored = { opportunity_scores: [{ id: id(3) }] };
    expect(assessment('B', { ...scored, market_validations: [validation] }).assessment_method).toBe(
      'SCORED_AND_VALIDATED',
    );
    expect(assessment('B', { ...scored, score_components: [component] }).assessment_method).toBe('SCORED');
  });

  test('are kept whole, ids and dates included', () => {
    const rows = [1, 2, 3].map((n) => ({
      id: id(n),
      validation_type: 'survey',
      validation_result: `{"n": ${n}}`,
      validation_date: at(n),
    }));
    const { folded, booked } = merge('B', { market_validations: rows });
    expect(folded.map(({ row }) => row)).toMatchObject(rows);
    expect(booked.market_validations).toEqual({ primary: 0, folded: 3 });
  });

  test('are summed up: types, the newest evidence of each, the mean confidence, the metrics', () => {
    const found = assessment('B', {
      market_validations: [
        {
          id: id(1),
          validation_type: 'survey',
          validation_result: '{"n": 1}',
          confidence_score: '0.5000',
          validation_date: at(1),
        },
        {
          id: id(2),
          validation_type: 'survey',
          validation_result: '{"n": 2}',
          confidence_score: '0.6000',
          validation_date: at(2),
        },
        {
          id: id(3),
          validation_type: 'interview',
          validation_result: 'they said "yes"',
          confidence_score: '0.7001',
          validation_date: at(1),
        },
        { id: id(4), validation_type: 'none', confidence_score: null, validation_date: at(1) },
      ],
      score_components: [
        { id: id(5), metric_name: 'reach', metric_value: '1.5000', calculated_at: at(1) },
        { id: id(6), metric_name: 'reach', metric_value: 'NaN', calculated_at: at(2) },
        { id: id(7), metric_name: 'cost', metric_value: '-2.0000', calculated_at: at(2) },
      ],
    });
    expect(json(found.validation_types)).toEqual(['interview', 'none', 'survey']);
    expect(json(found.validation_evidence)).toEqual({ survey: { n: 2 }, interview: 'they said "yes"' });
    expect(found.validation_confidence).toBe('0.6000');
    expect(found.score_breakdown).toBe('{"cost": -2.0000, "reach": "NaN"}');
    expect(found).toMatchObject({ validation_count: '4', component_count: '3' });
  });
});
