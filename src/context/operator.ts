import { hostname, userInfo } from 'node:os';

/** Who runs this, for the ledger and for a second operator. */
export function operator(): string {
  return `${process.env.USER || process.env.LOGNAME || systemUser()}@${hostname()} (process ${process.pid})`;
}

/** A service or a container may have no name in its environment, and none in the list of users either. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
