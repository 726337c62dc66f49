import { uncarried } from '../../old-names/changes.js';
import { nameOf, readOldNames } from '../../old-names/picture.js';
import type { ChangedOldName } from '../../reports/monitor.js';
import type { ProbeContext } from './probe.js';

/** Views under old names that were changed since the cutover in ways that a rollback refuses. */
export async function readChangedOldNames({ session, schema }: ProbeContext): Promise<ChangedOldName[]> {
  const phases = await session.query('select id from drydock.phases where schema_name = $1::text', [schema]);
  const found: ChangedOldName[] = [];
  for (const { id } of phases) {
    for (const one of await readOldNames(session, Number(id))) {
      const changes = uncarried(one);
      if (changes.length > 0) found.push({ name: nameOf(one), changes });
    }
  }
  return found;
}
