import { literal } from '../db/identifier.js';
import { OWN_WRITES } from '../db/session.js';

/**
 * SQL: whether a session writes for Drydock. What Drydock writes itself is marked by a setting of its sessions, which counts
 * only for members of the role that owns the tables: an application cannot use it to get past a trigger of ours.
 */
export function isOwnWrite(owner: string): string {
  return `coalesce(current_setting(${literal(OWN_WRITES)}, true), '') = 'on' and pg_has_role(current_user, ${literal(owner)}, 'member')`;
}
