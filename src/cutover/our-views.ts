import { qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import { replacedViews } from '../ledger/moved.js';
import { LEGACY_SCHEMA } from '../legacy/moved.js';
import type { Phase } from '../mapping/phase.js';
import { carriedChanges, uncarried } from '../old-names/changes.js';
import { nameOf, type OldName, readOldNames } from '../old-names/picture.js';
import { onViews } from './view-dependents.js';

const STATE = 'Nothing was swapped back: the old names are views as before.';

/** What is under the old names has to be what the cutover put there, with nothing built upon it. */
export async function requireOurViews(
  session: Session,
  { phaseId, phase }: { readonly phaseId: number; readonly phase: Pick<Phase, 'name'> },
): Promise<void> {
  const replaced = await replacedViews(session, phaseId);
  if (replaced.length > 0) {
    throw new DrydockError({
      code: 'view-replaced',
      what: `Under these names there is not the view any more that the cutover of phase ${phase.name} made: ${replaced.join(', ')}.`,
      state: STATE,
      next: 'Drop or rename what is there now, and make the view again: create view ... as select * from drydock_legacy...',
    });
  }
  requireCarried(phase, await readOldNames(session, phaseId));
  const dependents = await onViews(session, phaseId);
  if (dependents.length === 0) return;
  throw new DrydockError({
    code: 'in-use',
    what: `Something was built on the views of the old names since the cutover: ${dependents.join(', ')}.`,
    state: STATE,
    next: 'Drop these objects, roll back, and make them again upon the tables.',
  });
}

/** What was done to the views has to be of a kind that the tables can take over. */
export function requireCarried({ name }: Pick<Phase, 'name'>, oldNames: readonly OldName[]): void {
  const found = oldNames.flatMap((one) => uncarried(one).map((what) => `${nameOf(one)}, ${what}`));
  if (found.length === 0) return;
  throw new DrydockError({
    code: 'view-changed',
    what: `The views under the old names of phase ${name} were changed since the cutover, in ways that the tables cannot take over: ${found.join('; ')}.`,
    state: STATE,
    next: 'Undo these changes, roll back, and make them again on the tables where you want them.',
  });
}

/**
 * What goes from the views to the tables that get their names back: in words, and as statements for before and after
 * they do. A new owner need not have a right to our schema, and has one to the schema in which it owns the view.
 */
export function carryOver(oldNames: readonly OldName[]): {
  readonly carried: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
} {
  const all = oldNames.flatMap((one) => carriedChanges(one).map((change) => ({ one, change })));
  const statements = (areDefaults: boolean) =>
    all
      .filter(({ change }) => (change.isDefault === true) === areDefaults)
      .flatMap(({ one: { home, table }, change }) =>
        change.statements(qualified(areDefaults ? LEGACY_SCHEMA : home, table)),
      );
  return {
    carried: all.map(({ one, change }) => `${nameOf(one)}: ${change.what}`),
    before: statements(true),
    after: statements(false),
  };
}
