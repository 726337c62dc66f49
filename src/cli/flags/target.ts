import { type Command, Option } from 'commander';
import { z } from 'zod';
import { DEFAULTS, PHASES, type PhaseName } from '../../reports/target.js';
import { quoted } from '../../words/printable.js';
import { schemaName } from './scalars.js';

/** Flags of every command: how to reach the database, where the tables live, how to print. */
export function addGlobalFlags(program: Command): Command {
  return program
    .option('--database-url <url>', 'Postgres URL; else DATABASE_URL, else the PG* variables')
    .option('--schema <name>', `schema of the legacy and of the unified tables (default: ${DEFAULTS.schema})`)
    .option(
      '--app-schema <name>',
      'schema of app_opportunities (default: that of --schema if it is there, else public_staging)',
    )
    .option('--json', 'print one JSON document on stdout, also on failure, and nothing else')
    .option('--verbose', 'log every batch; show the stack and the details of an error')
    .addOption(
      new Option('--log-format <format>', 'log lines on stderr (default: text)').choices(['text', 'json']),
    )
    .option('--no-color', 'no colours (NO_COLOR does the same)');
}

const PHASE_CHOICES = [...PHASES, 'all'];

export function addPhaseFlag(command: Command, what: string): Command {
  return command.option('--phase <phase>', `${what}: ${PHASE_CHOICES.join(', ')}`);
}

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
