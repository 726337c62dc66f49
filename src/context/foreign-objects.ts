import type { Stop } from '../errors/stop.js';
import { ownership } from '../ledger/objects.js';
import type { Context } from './context.js';

/** Stops for the names that a phase needs, and that belong to what Drydock did not make. */
export async function foreignObjects(
  { session, entries }: Pick<Context, 'session' | 'entries'>,
  {
    phase,
    schema,
    names,
  }: { readonly phase: string; readonly schema: string; readonly names: readonly string[] },
): Promise<Stop[]> {
  const entry = entries.get(phase);
  const found: Stop[] = [];
  for (const name of names) {
    if ((await ownership(session, entry?.id ?? null, schema, name)) !== 'foreign') continue;
    found.push({
      code: 'foreign-object',
      message: `There is a "${name}" in schema "${schema}" that Drydock did not make.`,
      next: 'Rename it or drop it: Drydock never touches what it did not make.',
    });
  }
  return found;
}
