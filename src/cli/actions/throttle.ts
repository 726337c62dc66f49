import type { Command } from 'commander';
import { EXIT } from '../../errors.js';
import { quoted } from '../../format/printable.js';
import { throttle } from '../../verbs/orders.js';
import { parseFlags } from '../flags/parse.js';
import { rateFlag } from '../flags/rate.js';
import { target } from '../flags/target.js';
import { renderOrder } from '../render/order.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const flags = { ...target, maxRate: rateFlag };

/** What `drydock throttle` does. */
export async function act(session: Session, command: Command): Promise<void> {
  const { databaseUrl, project, schema, maxRate } = await parseFlags(flags, command);
  const [off] = command.args;
  if (off !== undefined && off !== 'off') {
    throw new UsageError(`throttle wants --max-rate or the word off, not ${quoted(off)}.`, 'throttle');
  }
  if ((off === undefined) === (maxRate === undefined)) {
    throw new UsageError('throttle wants either --max-rate or the word off.', 'throttle');
  }
  const report = await throttle({
    databaseUrl,
    project,
    schema,
    maxRate: maxRate ?? null,
    signal: session.signal,
  });
  session.finish(report, renderOrder, EXIT.done);
}
