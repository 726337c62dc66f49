import { commentLines, stringOf } from './code.js';
import { typeName, Variables } from './naming.js';
import { columnLines, vetoLines, vocabularyLines } from './print-columns.js';
import type { Names } from './print-names.js';
import { keyLines, sourceLines } from './print-sources.js';
import { interfaceLines } from './print-types.js';
import type { LeftOut, Proposal } from './propose.js';

const HEADER = `Proposed by drydock init from what is in the tables. Each line says what it rests on: pairs are rows of two tables that meet by a key. "// ?" marks what is not sure: look at it, and correct it or take it out. A column named nowhere is carried as it is. Then give drydock plan.`;

/** A config file that declares what is proposed. */
export function printProposal(proposal: Proposal, leftOut: readonly LeftOut[], schema: string): string {
  const names = namesFor(proposal, schema);
  const { name, into, sources } = proposal;
  const variables = sources.map(({ side }) => names.sources.get(side.table.name) ?? '');
  const given = schema === 'public' ? [] : [`  schema: ${stringOf(schema)},`];
  const lines = [
    ...commentLines(HEADER),
    ...leftOut.flatMap(({ table, why }) => commentLines(`Left out: ${table}. ${why}`)),
    '',
    `import { defineConfig } from 'pg-drydock';`,
    `import * as d from 'pg-drydock/declare';`,
    '',
    ...sources.flatMap((source) => interfaceLines(source, proposal, names)),
    ...keyLines(proposal, names),
    ...inOrderOfPointers(proposal).flatMap((source) => sourceLines(source, proposal, names)),
    ...vocabularyLines(proposal, names),
    'export default defineConfig({',
    ...given,
    '  consolidations: [',
    `    d.consolidation(${stringOf(name)}, {`,
    `      into: ${stringOf(into)},`,
    `      sources: [${variables.join(', ')}], // in order of precedence`,
    '      columns: {',
    ...columnLines(proposal, names).map((line) => `        ${line}`),
    '      },',
    ...vetoLines(proposal, names),
    '    }),',
    '  ],',
    '});',
  ];
  return `${lines.join('\n')}\n`;
}

function namesFor({ sources, keys, columns }: Proposal, schema: string): Names {
  const variables = new Variables();
  return {
    sources: new Map(sources.map(({ side, prefix }) => [side.table.name, variables.give(prefix)] as const)),
    types: new Map(
      sources.map(({ side }) => [side.table.name, typeName(side.table.name, variables)] as const),
    ),
    keys: new Map(
      keys.map((key) => {
        const [first] = key.columns.values();
        return [key, variables.give('by', first?.name ?? 'key')] as const;
      }),
    ),
    words: new Map(
      columns
        .filter(({ vocabulary }) => vocabulary !== null)
        .map((column) => [column, variables.give(column.name, 'words')] as const),
    ),
    schema,
  };
}

/** Those that others point to come first. */
function inOrderOfPointers({ sources }: Proposal): Proposal['sources'] {
  const done: (typeof sources)[number][] = [];
  const put = (source: (typeof sources)[number]): void => {
    if (done.includes(source)) return;
    for (const { to } of source.pointers) {
      const target = sources.find(({ side }) => side.table.name === to);
      if (target !== undefined) put(target);
    }
    done.push(source);
  };
  for (const source of sources) put(source);
  return done;
}
