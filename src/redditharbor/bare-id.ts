/**
 * SQL over the ways in which a submission is named: Reddit's id ('1ov5v6d'), its full name ('t3_1ov5v6d'), 'opp_' + id.
 * Arguments are SQL expressions.
 */

const PREFIXES = ['t3_', 'opp_t3_', 'opp_'] as const;

/** The id without its prefixes. */
export function bareId(raw: string): string {
  const cases = PREFIXES.map(
    (prefix) => `when starts_with(${raw}, '${prefix}') then substr(${raw}, ${prefix.length + 1})`,
  );
  return `(case ${cases.join(' ')} else ${raw} end)`;
}
