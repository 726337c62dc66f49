import type { Phase } from '../../mapping/phase.js';
import { targetsOf } from '../../mapping/targets.js';
import type { QuestionsDefinition } from '../../project/questions.js';
import { usageTables } from '../enhancements/bind.js';
import { allQuestions } from './all.js';
import { GOALS } from './goals.js';
import { legacyAssessments } from './legacy/assessments.js';
import { foldTextFor } from './legacy/fold-text.js';
import { legacyIdeas } from './legacy/ideas.js';
import { materializedViews } from './materialized-views.js';

/** What RedditHarbor's users ask, in both forms, and what the restructuring was to bring them. */
export const questions: QuestionsDefinition = {
  stands: ['opportunities', 'assessments'],
  async bind({ session, legacy, phases }) {
    const [opportunities, assessments] = phases as readonly [Phase, Phase];
    const tables = targetsOf(opportunities);
    const fold = await foldTextFor(session);
    const materialized = await materializedViews(session, opportunities.schema);
    const asked = allQuestions({
      legacy,
      ideas: legacyIdeas(opportunities, fold),
      functions: legacyIdeas(opportunities, fold, true),
      assessments: legacyAssessments(assessments),
      tables: {
        unified: tables.unified.qualified,
        duplicates: tables.folded.qualified,
        assessments: targetsOf(assessments).unified.qualified,
      },
      usage: await usageTables(session, legacy),
      materialized,
    });
    return { asked, further: [...materialized.values()] };
  },
  goals: GOALS,
  goalsFor: '500,000 submissions',
  sideBySide: 'discovery',
};
