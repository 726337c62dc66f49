import { bindPhases, type Context, openContext } from '../context/context.js';
import { stoppable } from '../context/stoppable.js';
import { withCleanup } from '../db/cleanup.js';
import { readTogether } from '../db/fresh-snapshot.js';
import { ident } from '../db/identifier.js';
import { DrydockError } from '../errors.js';
import { findAsked, hasUuids } from '../explain/asked.js';
import { type MadeRow, mergeKey, rowsOfKey } from '../explain/rows.js';
import { storyOf } from '../explain/story.js';
import type { Phase } from '../mapping/phase.js';
import { targetsOf } from '../mapping/targets.js';
import { consolidationsOf } from '../project/project.js';
import type { ExplainedThing, ExplainOptions, ExplainReport } from '../reports/explain.js';
import { requireOptions } from '../reports/options.js';

/**
 * Tells one thing's whole story: the legacy rows that it is made of, which step joined each, which of them gave each value, and
 * what is in the residue. It is made of the legacy rows as they are now, by the very merge of a run; once a phase is completed,
 * of what the old names show. Reads only.
 *
 * @throws DrydockError `not-found`
 */
export async function explain(options: ExplainOptions): Promise<ExplainReport> {
  requireOptions('explain', options);
  if (typeof options.key !== 'string' || options.key === '')
    throw new DrydockError({
      code: 'bad-option',
      what: 'explain wants a key.',
      state: 'Nothing was done: no connection was opened.',
      next: 'Give a legacy row as table:identity, the id of a unified row, or a match key.',
    });
  return stoppable(options, 'Nothing was written: this only reads.', () =>
    withCleanup(async (cleanup) => {
      const context = await openContext(options, cleanup);
      return readTogether(context.session, options.signal, () => explainText(context, options.key));
    }),
  );
}

async function explainText(context: Context, text: string): Promise<ExplainReport> {
  const { session, database, schema } = context;
  const phases = readablePhases(context);
  const asked = await findAsked(session, phases, (phase) => isLoaded(context, phase), text);
  const { phase, key } = asked;
  const { rows, more } = await rowsOfKey(session, phase, key);
  const { made, kept } = await mergeKey(session, phase, key);
  const things: ExplainedThing[] = [];
  for (const one of made) {
    const story = storyOf(phase, one, { rows, kept, asked: asked.row, isOnly: made.length === 1 });
    things.push({ ...story, ...(await storedState(context, phase, one)) });
  }
  return {
    database,
    schema,
    asked: text,
    phase: phase.name,
    state: context.entries.get(phase.name)?.state ?? 'new',
    key,
    things,
    moreRows: more,
  };
}

/** Once a phase is completed, its legacy tables are what the old names show. */
function readablePhases(context: Context): Phase[] {
  const completed = consolidationsOf(context.project, context.phaseNames).filter(
    ({ name }) => context.entries.get(name)?.state === 'completed',
  );
  if (completed.length === 0) return bindPhases(context);
  const sources = new Set(completed.flatMap(({ mapping }) => mapping.sources.map(({ table }) => table)));
  const tables = new Map(
    [...context.legacy.tables].map(([name, table]) => [
      name,
      sources.has(name) ? { ...table, schema: table.home } : table,
    ]),
  );
  return bindPhases({ ...context, legacy: { ...context.legacy, tables } });
}

function isLoaded({ entries }: Context, { name }: Phase): boolean {
  return entries.has(name);
}

/** What is stored of a row that a merge makes. */
async function storedState(
  context: Context,
  phase: Phase,
  { computed }: MadeRow,
): Promise<Pick<ExplainedThing, 'stored' | 'differing'>> {
  if (!isLoaded(context, phase)) return { stored: null, differing: [] };
  const names = [...computed.keys()];
  const columns = names.map((name, index) => `u.${ident(name)}::text as c${index}`);
  const { unified } = targetsOf(phase);
  if (!(await hasUuids(context.session, unified.qualified))) return { stored: null, differing: [] };
  const [row] = await context.session.query(
    `select ${columns.join(', ')} from ${unified.qualified} u where u.id = $1::text::uuid`,
    [computed.get('id') ?? null],
  );
  if (row === undefined) return { stored: 'missing', differing: [] };
  const differing = names.filter((name, index) => text(computed.get(name)) !== text(row[`c${index}`]));
  return { stored: differing.length === 0 ? 'same' : 'differs', differing };
}

/** As it is compared: the server prints truths as words, and documents with blanks of its own. */
function text(value: string | null | undefined): string | null {
  if (value == null) return null;
  if (value === 't' || value === 'true') return 'true';
  if (value === 'f' || value === 'false') return 'false';
  return /^[[{]/.test(value) ? value.replaceAll(/\s/g, '') : value;
}
