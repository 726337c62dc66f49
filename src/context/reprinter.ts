import type { Cleanup } from '../db/cleanup.js';
import { reprintAlone } from '../db/reprint.js';
import type { Session } from '../db/session.js';
import type { Context } from './context.js';

/**
 * How the present server prints the query of a view, over a session of its own that is opened when it is asked for:
 * readers may not make the temporary view that it takes. Undefined on a standby, which has no temporary views.
 */
export function reprinter(
  { connector, isStandby }: Pick<Context, 'connector' | 'isStandby'>,
  cleanup: Cleanup,
): ((query: string) => Promise<string | null>) | undefined {
  if (isStandby) return undefined;
  let session: Promise<Session> | undefined;
  return async (query) => {
    session ??= connector.open(cleanup);
    return reprintAlone(await session, query);
  };
}
