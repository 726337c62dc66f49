import { withClient } from '../client.js';
import { median } from '../median.js';
import { type BenchServer, settle } from '../server.js';
import { write } from './writers.js';

/** How fast writers write the legacy tables, without capture and with it. */
export interface CaptureCost {
  /** Writes per second; medians of the stretches. */
  readonly without: number;
  readonly with: number;
  /** The part of their speed that capture costs them: the median of what neighbouring stretches say. */
  readonly cost: number;
}

/**
 * Alternates: a machine is not as fast now as it was a minute ago. Capture is switched off by switching its triggers off,
 * so that both stretches work on the same tables. What is written meanwhile is known to nobody: begin anew afterwards.
 */
export async function captureCost(
  server: BenchServer,
  options: { readonly rounds: number; readonly seconds: number; readonly connections: number },
): Promise<CaptureCost> {
  const stretch = async (capture: boolean) => {
    await switchTriggers(server, capture);
    await settle(server);
    const { writes, seconds } = await write(server, { ...options, perSecond: 0 });
    return writes / seconds;
  };
  await stretch(true); // caches and plans are warm from now on
  const [without, captured, costs]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < options.rounds; round += 1) {
    const before = await stretch(false);
    const between = await stretch(true);
    const after = await stretch(false);
    without.push(before, after);
    captured.push(between);
    costs.push(1 - between / ((before + after) / 2));
  }
  await switchTriggers(server, true);
  return { without: median(without), with: median(captured), cost: median(costs) };
}

async function switchTriggers(server: BenchServer, on: boolean): Promise<void> {
  await withClient(server, async (client) => {
    const { rows } = await client.query<{ statement: string }>(
      `select format('alter table %s ${on ? 'enable always' : 'disable'} trigger %I', tgrelid::regclass, tgname) as statement
       from pg_trigger where tgname like 'drydock_capture_%'`,
    );
    for (const { statement } of rows) await client.query(statement);
    if (!on) await client.query('truncate drydock.changes');
  });
}
