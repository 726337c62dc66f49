import type { Session } from '../db/session.js';
import type { Timing } from '../reports/bench.js';

interface Node {
  readonly 'Node Type': string;
  readonly Plans?: readonly Node[];
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly 'Temp Read Blocks'?: number;
  readonly 'Temp Written Blocks'?: number;
}

const JOINS = new Set(['Nested Loop', 'Hash Join', 'Merge Join']);

/** Since this version EXPLAIN also makes the rows ready to be sent: much of the work where a question has many. */
const SERIALIZE_SINCE = 170_000;

/** Runs a statement under EXPLAIN: the blocks that it touched, and what its plan is made of. */
export async function explained(
  session: Session,
  statement: string,
): Promise<Pick<Timing, 'buffers' | 'plan'>> {
  const { version } = await session.one(`select current_setting('server_version_num') as version`);
  const serialize = Number(version) >= SERIALIZE_SINCE ? ', serialize text' : '';
  const row = await session.one(
    `explain (analyze, buffers, timing off, format json${serialize}) ${statement}`,
  );
  const [{ Plan: root }] = JSON.parse(String(row['QUERY PLAN'])) as [{ Plan: Node }];
  const nodes = [...walk(root)];
  return {
    buffers: {
      hit: root['Shared Hit Blocks'] ?? 0,
      read: root['Shared Read Blocks'] ?? 0,
      temporary: (root['Temp Read Blocks'] ?? 0) + (root['Temp Written Blocks'] ?? 0),
    },
    plan: { nodes: nodes.length, joins: nodes.filter((node) => JOINS.has(node['Node Type'])).length },
  };
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.Plans ?? []) yield* walk(child);
}
