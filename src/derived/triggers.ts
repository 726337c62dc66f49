import { generatedName, ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { own } from '../ledger/objects.js';
import { LEDGER_SCHEMA } from '../ledger/schema.js';
import type { TriggerFunction, TriggerSpec } from '../project/derived.js';

/**
 * Functions of ours live in the ledger's schema, which nobody else may use; a trigger does not need that right. The
 * ledger serves several schemas, so the name says for which one it is.
 */
export function functionName(purpose: string, schema: string): string {
  return generatedName(purpose, schema);
}

/**
 * Makes a trigger function. It runs with its owner's rights, because whoever writes to our tables has none on what it
 * writes to, and so finds nothing by names that others could have planted.
 */
export async function createTriggerFunction(
  session: Session,
  phaseId: number,
  schema: string,
  { purpose, body }: TriggerFunction,
): Promise<void> {
  const name = functionName(purpose, schema);
  await session.execute(
    `create function ${qualified(LEDGER_SCHEMA, name)}() returns trigger language plpgsql security definer
     set search_path = pg_catalog, pg_temp as ${literal(body)}`,
  );
  await own(session, phaseId, 'function', LEDGER_SCHEMA, name);
}

/** Makes a statement-level trigger, which fires for replicated sessions too. */
export async function createTrigger(
  session: Session,
  phaseId: number,
  schema: string,
  { purpose, name, table, when, referencing, argument }: TriggerSpec,
): Promise<void> {
  const target = qualified(schema, table);
  const argumentText = argument === undefined ? '' : literal(argument);
  await session.execute(
    `create trigger ${ident(name)} ${when} on ${target} ${referencing ?? ''} for each statement
     execute function ${qualified(LEDGER_SCHEMA, functionName(purpose, schema))}(${argumentText})`,
  );
  await session.execute(`alter table ${target} enable always trigger ${ident(name)}`);
  await own(session, phaseId, 'trigger', schema, name, target);
}
