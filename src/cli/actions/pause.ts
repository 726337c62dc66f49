import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import { pause } from '../../verbs/orders.js';
import { parseFlags } from '../flags/parse.js';
import { target } from '../flags/target.js';
import { renderOrder } from '../render/order.js';
import type { Session } from '../session.js';

/** What `drydock pause` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { databaseUrl, project, schema } = await parseFlags(target, command);
  const report = await pause({ databaseUrl, project, schema, signal: session.signal });
  session.finish(report, renderOrder, EXIT.done);
}
