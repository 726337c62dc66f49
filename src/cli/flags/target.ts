import { z } from 'zod';
import { PHASES, type PhaseName } from '../../reports/target.js';
import { quoted } from '../../words/printable.js';
import { PHASE_CHOICES } from '../choices.js';
import { schemaName } from './scalars.js';

/** One phase by its name, or all in order. */
export const phase = z.string().transform((name, context): readonly PhaseName[] => {
  if (name === 'all') return PHASES;
  const found = PHASES.find((known) => known === name);
  if (found !== undefined) return [found];
  context.addIssue({
    code: 'custom',
    message: `--phase wants one of ${PHASE_CHOICES.join(', ')}, not ${quoted(name)}.`,
  });
  return z.NEVER;
});

/** Never quotes the URL: it holds a password. The library checks the rest of it. */
const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//i, {
    error: '--database-url wants a URL such as postgres://user@host:5432/database.',
  })
  .optional();

/** The members that every verb takes. */
export const target = {
  databaseUrl,
  schema: schemaName('--schema'),
  appSchema: schemaName('--app-schema'),
} as const;

/** `target` and the phases, all of them when none is named. */
export const targetWithPhases = { ...target, phase: phase.default(PHASES) } as const;
