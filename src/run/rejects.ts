import { splitLine } from '../copy-text/copy-text.js';
import type { Group } from '../extract/group.js';
import type { Reject } from '../ledger/rejects.js';
import type { Phase } from '../phases/phase.js';
import { jsonMember } from '../transform/assemble.js';

/** All legacy rows of a group, whole, as rejects. */
export function rejectsOf(phase: Phase, group: Group, reason: string): Reject[] {
  return phase.keyed.flatMap(({ source, extras }, index) => {
    const head = 1 + extras.length;
    return [...(group.rows[index] ?? [])].map((line): Reject => {
      const fields = splitLine(line);
      const members = source.extracted.map((column, at) => jsonMember(column.name, fields[head + at] ?? ''));
      const payload = Buffer.from(`{${members.join(', ')}}`, 'latin1').toString('utf8');
      return { source: source.rule.table, key: group.key, reason, payload };
    });
  });
}
