import { columnsOfStep, crosswalkOf, type SourceModel } from '../declare/model.js';
import type { BoundSource } from '../mapping/bind.js';
import { refuse } from '../mapping/reverse.js';
import type { BoundSources } from './keys.js';
import { flag, OLD_NAMES, restored } from './written-row.js';

/**
 * plpgsql that refuses another identity, or tenant, for a legacy row that rows of other sources may point to: these would be another
 * thing after the next sync, and nobody who writes this one row sees them.
 *
 * @param all those that point, too, whose rows may be kept whole
 */
export function keptIdentities(all: BoundSources, sources: BoundSources): string[] {
  const pointedTo = new Set(
    [...all.values()].flatMap(({ model }) =>
      model.match.flatMap((step) => (step.kind === 'via' ? [step.table] : [])),
    ),
  );
  return [
    ...keptAnswers(all, sources),
    ...[...pointedTo].flatMap((table) => {
      const source = sources.get(table);
      if (source === undefined) return [];
      const { identity, within } = source.model;
      const named = [...new Set([...identity, ...within])];
      return refusedChange(
        source,
        named,
        refuse(
          'pointed_to',
          `Other legacy tables point to rows of ${table} by ${named.join(', ')}.`,
          'Change it under the old names, together with what points there.',
        ),
      );
    }),
  ];
}

/** plpgsql that refuses other keys for a legacy row by which rows of other sources, or of its own, are resolved. */
function keptAnswers(all: BoundSources, sources: BoundSources): string[] {
  const steps = [...all.values()].flatMap(({ model }) =>
    model.match.flatMap((step) => (step.kind === 'through' ? [step] : [])),
  );
  return steps.flatMap((step) => {
    const source = sources.get(step.table);
    const crosswalk = source === undefined ? null : crosswalkOf(source.model, step.step.key);
    if (source === undefined || crosswalk === null) return [];
    const names = [crosswalk.by, ...crosswalk.before].flatMap(columnsOfStep);
    const listed = [...new Set([...names, ...source.model.within])];
    return refusedChange(
      source,
      listed,
      refuse(
        'pointed_to',
        `Other legacy rows are resolved by what rows of ${step.table} have: ${listed.join(', ')}.`,
        OLD_NAMES,
      ),
    );
  });
}

/** plpgsql that refuses an update of a row which the source has before and after, where one of these legacy columns changes. */
function refusedChange(
  { bound, model }: { readonly bound: BoundSource; readonly model: SourceModel },
  columns: readonly string[],
  refusal: string,
): string[] {
  const changed = columns.map(
    (name) => `(${restored(bound, name)})::text is distinct from (${restored(bound, name, 'old')})::text`,
  );
  return [
    `if tg_op = 'UPDATE' and ${flag(model, 'old')} and ${flag(model)} and (${changed.join(' or ')}) then`,
    refusal,
    'end if;',
  ];
}
