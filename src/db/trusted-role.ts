/**
 * SQL: whether code of one role may run with the rights of another one, because it gains nothing by that: the first
 * role is a superuser, is the second one, or holds its rights.
 *
 * @param coder - expression: the oid of the role that can change the code
 * @param runner - expression: the oid of the role with whose rights the code runs
 */
export function isTrusted(coder: string, runner: string): string {
  return `coalesce(pg_has_role(${coder}, ${runner}, 'usage'), false)`;
}

/** SQL: the oid of the role that is at work. */
export const ME = '(select oid from pg_roles where rolname = current_user)';
