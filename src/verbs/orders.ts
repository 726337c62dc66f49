import { operator } from '../context/operator.js';
import { requireRate } from '../context/settings.js';
import { requirePrimary } from '../context/standby.js';
import { stoppable } from '../context/stoppable.js';
import { describeHolder, findHolder } from '../control/lock-owner.js';
import { runningOf } from '../control/running.js';
import { withCleanup } from '../db/cleanup.js';
import { connector } from '../db/connect.js';
import type { Session } from '../db/session.js';
import { chosenPhases } from '../default-phases.js';
import { DrydockError } from '../errors.js';
import { type OrdersKey, orderPause, orderRate, readOrders } from '../ledger/orders.js';
import { ledgerExists } from '../ledger/schema.js';
import { requireOptions } from '../reports/options.js';
import type { OrderOptions, OrderReport, ThrottleOptions } from '../reports/orders.js';
import { DEFAULTS } from '../reports/target.js';

/**
 * Makes the run at work stand still: it finishes the batches that are under way, gives up its snapshot, and waits.
 *
 * @throws DrydockError when no run is at work
 */
export async function pause(options: OrderOptions): Promise<OrderReport> {
  requireOptions('pause', options);
  return order(options, 'pause', (session, key) => orderPause(session, key, true, operator()));
}

/**
 * Lets a paused run go on.
 *
 * @throws DrydockError when no run is at work
 */
export async function resume(options: OrderOptions): Promise<OrderReport> {
  requireOptions('resume', options);
  return order(options, 'resume', (session, key) => orderPause(session, key, false, operator()));
}

/**
 * Sets how many legacy rows a second the run at work may load, or lifts every limit.
 *
 * @throws DrydockError when no run is at work
 */
export async function throttle(options: ThrottleOptions): Promise<OrderReport> {
  requireOptions('throttle', options);
  const { maxRate } = options;
  if (maxRate !== null) requireRate(maxRate);
  return order(options, 'throttle', (session, key) => orderRate(session, key, maxRate, operator()));
}

/** An order goes to the very run that is at work: the next one begins with a clean sheet. */
async function order(
  options: OrderOptions,
  name: OrderReport['order'],
  give: (session: Session, key: OrdersKey) => Promise<boolean>,
): Promise<OrderReport> {
  const schema = options.schema ?? DEFAULTS.schema;
  return stoppable(options, NOTHING, () =>
    withCleanup(async (cleanup) => {
      const session = await connector(options.databaseUrl).open(cleanup);
      await requirePrimary(session, 'An order is written into the ledger, for the run at work.', NOTHING);
      const { database } = await session.one('select current_database() as database');
      const hasLedger = await ledgerExists(session);
      const holder = await findHolder(session, schema);
      if (holder === undefined) throw nothingRuns(name, schema, hasLedger);
      if (holder.command !== null && holder.command !== 'run') {
        throw new DrydockError({
          code: 'not-a-run',
          what: `What is at work on schema "${schema}" takes no orders: ${describeHolder(holder)}.`,
          state: NOTHING,
          next: 'Orders are for a run: wait for what is at work, or stop it.',
        });
      }
      const key = { schema, runPid: holder.backendPid };
      const read = async () => (hasLedger ? await readOrders(session, key) : undefined);
      // First: an order to a run that enters itself right after it would be lost, and reported as given.
      if ((await read()) === undefined) throw tooEarly(name, schema, describeHolder(holder));
      const changed = await give(session, key);
      const orders = await read();
      if (orders === undefined) throw tooEarly(name, schema, describeHolder(holder));
      return {
        database: String(database),
        schema,
        order: name,
        changed,
        run: runningOf(holder, chosenPhases(options), orders),
      };
    }),
  );
}

const NOTHING = 'Nothing was ordered.';

function nothingRuns(name: string, schema: string, hasLedger: boolean): DrydockError {
  return new DrydockError({
    code: 'nothing-runs',
    what: `No run is at work on schema "${schema}"${hasLedger ? '' : ', and there was none so far: there is no ledger'}; there is nothing to ${name}.`,
    state: `${NOTHING} An order is for the run at work, never for a later one.`,
    next: 'See `drydock status`; check the database and --schema.',
  });
}

function tooEarly(name: string, schema: string, who: string): DrydockError {
  return new DrydockError({
    code: 'too-early',
    what: `The run on schema "${schema}" has only just begun, and takes no orders yet: ${who}.`,
    state: NOTHING,
    next: `Give drydock ${name} again in a moment.`,
  });
}
