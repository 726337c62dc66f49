import type { Asked, Question } from '../../project/questions.js';
import type { Forms } from './forms.js';

/** The question that began it all: three joins before, one after. */
export function complexJoin(forms: Forms): Asked[] {
  const { ideas, assessments, tables } = forms;
  const name = { group: 'complex-join', name: 'scored-above-70' } as const;
  const asks =
    'Title, total score, trust score and validation types of the opportunities with a total score above 70';
  const counts = { group: 'complex-join', name: 'scored-above-70-with-components' } as const;
  const countsAsks = 'The same, with the number of score components';
  const { scores, validations, components } = assessments;
  if (ideas === null || scores === null || validations === null) {
    const reason =
      'It is asked of opportunities, app_opportunities, opportunity_scores and market_validations.';
    return [
      { ...name, asks, reason },
      { ...counts, asks: countsAsks, reason },
    ];
  }
  const legacy = (further: string | null): string =>
    `${ideas.upTo('a')},\n${[scores, validations, ...(further === null ? [] : [further])].join(',\n')}
select o.id, coalesce(o.title, a.title, o.submission_title) as title, c.total_score, a.trust_score, v.validation_types${further === null ? '' : ', coalesce(m.component_count, 0) as component_count'}
from c join o on o.id = c.idea left join a on a.idea = o.id left join v on v.idea = o.id${further === null ? '' : ' left join m on m.idea = o.id'}
where c.total_score > 70 and o.known`;
  const unified = (further: string): string =>
    `select u.id, u.title, a.total_score, u.trust_score, a.validation_types${further}
from ${tables.unified} u join ${tables.assessments} a on a.opportunity_id = u.id
where a.total_score > 70 and u.submission_id is not null`;
  const first: Question = {
    ...name,
    asks,
    whole: true,
    legacy: () => legacy(null),
    unified: () => unified(''),
  };
  if (components === null) {
    return [first, { ...counts, asks: countsAsks, reason: 'There is no table score_components.' }];
  }
  const second: Question = {
    ...counts,
    asks: countsAsks,
    whole: true,
    legacy: () => legacy(components),
    unified: () => unified(', a.component_count'),
  };
  return [first, second];
}
