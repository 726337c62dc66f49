import { generatedName, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { own } from '../ledger/objects.js';
import { LEDGER_SCHEMA } from '../ledger/schema.js';
import type { TriggerSpec } from '../project/derived.js';
import { createTriggerFunction } from './triggers.js';

/**
 * How it is known, without a scan, whether a table has changed: a trigger on it counts its statements in a sequence.
 * A sequence is no row: writers do not wait for each other, nothing has to be cleaned up, and a statement that is
 * rolled back means one refresh too many at worst. The server's own statistics would not do: they arrive up to ten
 * seconds after the commit, do not count a TRUNCATE, and begin at zero after a crash.
 */
const SIGNAL_PURPOSE = 'count_statements';

const BODY = `
begin
  perform nextval(tg_argv[0]::regclass);
  return null;
end`;

/** The sequence that counts the statements on a table, qualified. */
export function signalOf(schema: string, table: string): string {
  return qualified(LEDGER_SCHEMA, sequenceName(schema, table));
}

function sequenceName(schema: string, table: string): string {
  return generatedName('statements_on', schema, table);
}

/** Makes what counts the statements on tables of ours, all but the triggers; in a transaction of the caller's. */
export async function createSignals(
  session: Session,
  phaseId: number,
  schema: string,
  tables: readonly string[],
): Promise<void> {
  await createTriggerFunction(session, phaseId, schema, { purpose: SIGNAL_PURPOSE, body: BODY });
  for (const table of tables) {
    await session.execute(`create sequence ${signalOf(schema, table)}`);
    await own(session, phaseId, 'sequence', LEDGER_SCHEMA, sequenceName(schema, table));
  }
}

/** The trigger that has a table count its statements. */
export function signalTrigger(schema: string, table: string): TriggerSpec {
  return {
    purpose: SIGNAL_PURPOSE,
    name: generatedName('drydock_changed', table),
    table,
    when: 'after insert or update or delete or truncate',
    argument: signalOf(schema, table),
  };
}
