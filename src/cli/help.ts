/** The parts of a help text that commander does not make. */

const EXIT_STATUSES = `
Exit status:
  0  equal, or done
  1  different, or problems found
  2  could not run or compare
  3  stopped with work left
  130, 143  ended by SIGINT (Ctrl-C), SIGTERM
An error of --json carries code, state, next and retry: see docs/errors.md.`;

/** Examples (a command and what it is for, side by side), notes, and the exit statuses. */
export function helpAfter(
  examples: readonly (readonly [command: string, purpose: string])[],
  notes: readonly string[] = [],
): string {
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, purpose]) => `  ${command.padEnd(width)}  # ${purpose}`);
  return ['', 'Examples:', ...lines, ...(notes.length > 0 ? ['', ...notes] : []), EXIT_STATUSES].join('\n');
}
