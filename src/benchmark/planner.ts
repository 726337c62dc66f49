import type { Session } from '../db/session.js';
import type { Question } from '../project/questions.js';

/** Sets the planner up for one form of a question, see `Question.whole`. The unified form gets no help. */
export async function preparePlanner(
  session: Session,
  question: Question,
  form: 'legacy' | 'unified',
): Promise<void> {
  const off = question.whole === true && form === 'legacy';
  await session.execute(`set enable_nestloop = ${off ? 'off' : 'on'}`);
}
