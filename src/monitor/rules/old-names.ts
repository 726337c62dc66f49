import type { Rule } from './rule.js';

/** Somebody altered a view under an old name: the way back is closed until that is undone. */
export const changedOldName: Rule = {
  codes: ['old-name-changed'],
  judge: ({ sample: { oldNames, unknown } }) => {
    if (unknown.some(({ figure }) => figure === 'old-names' || figure === 'progress')) return null;
    return (oldNames ?? []).map(({ name, changes }) => ({
      code: 'old-name-changed',
      subject: name,
      severity: 'warning',
      reason: `The view ${name} was changed since the cutover, in ways that a rollback cannot carry to the table: ${changes.join('; ')}.`,
      next: 'Undo the change: drydock rollback refuses until then.',
    }));
  },
};
