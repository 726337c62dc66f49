import { NULL } from '../copy-binary/values.js';

/**
 * The order of versions, in TypeScript and in SQL: by their runs of digits and of others, those of digits as numbers of
 * any length, because a version may be made of a moment with all its digits. `1.10` is higher than `1.9`; NULL is the lowest.
 */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) => (version === NULL ? [] : (version.match(/\d+|\D+/g) ?? []));
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [x, y] = [left[at] ?? '', right[at] ?? ''];
    const numeric = /^\d+$/.test(x) && /^\d+$/.test(y);
    const order = numeric ? compareNumerals(x, y) : compareText(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

function compareNumerals(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || compareText(left, right);
}

/** SQL: what sorts as the versions do. A number goes by its length first, and stays among what begins with a digit. */
export function versionRank(version: string): string {
  const digits = `ltrim(m.part[1], '0')`;
  const part = `case when m.part[1] ~ '^[0-9]' then '0' || lpad(length(${digits})::text, 9, '0') || ${digits} else m.part[1] end`;
  return `array(select (${part}) collate "C" from regexp_matches(coalesce(${version}, ''), '[0-9]+|[^0-9]+', 'g') with ordinality m (part, at) order by m.at)`;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
