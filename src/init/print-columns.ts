import { accessTo, comment, listOf, memberName, stringOf } from './code.js';
import type { ColumnProposal } from './columns.js';
import type { GiverProposal } from './golden.js';
import type { Names } from './print-names.js';
import type { Proposal } from './propose.js';

/** The vocabularies, each word with its spellings. */
export function vocabularyLines({ columns }: Proposal, names: Names): string[] {
  return columns.flatMap((column) => {
    const { vocabulary } = column;
    if (vocabulary === null) return [];
    const words = [...vocabulary.words].map(
      ([word, spellings]) => `  ${memberName(word)}: ${spelled(spellings)},`,
    );
    return [
      `const ${names.words.get(column)} = d.words({${comment('a word that is not here is kept as residue', true)}`,
      ...words,
      '});',
      '',
    ];
  });
}

/** As a text that is cut at blanks, where no spelling has one. */
function spelled(spellings: readonly string[]): string {
  return spellings.some((one) => /\s/.test(one)) ? listOf(spellings) : stringOf(spellings.join(' '));
}

/** The shared columns, those that survive together in one group, and the times. */
export function columnLines(proposal: Proposal, names: Names): string[] {
  const { columns, sources } = proposal;
  const lines: string[] = [];
  const done = new Set<string>();
  for (const column of columns) {
    if (column.together === null) {
      const golden = goldenText(column, names);
      const text = column.newest ? `d.newest(${golden})` : golden;
      lines.push(`${memberName(column.name)}: ${text},${comment(column.why, column.sure)}`);
      continue;
    }
    if (done.has(column.together)) continue;
    done.add(column.together);
    const group = columns.filter(({ together }) => together === column.together);
    lines.push(
      '...d.together(',
      '  {',
      ...group.map(
        (one) => `    ${memberName(one.name)}: ${goldenText(one, names)},${comment(one.why, one.sure)}`,
      ),
      '  },',
      `  '${group.some(({ newest }) => newest) ? 'newest' : 'precedence'}',`,
      '),',
    );
  }
  if (sources.some(({ times }) => times.created !== null)) lines.push('created_at: d.earliest,');
  if (sources.some(({ times }) => times.updated !== null)) lines.push('updated_at: d.latest,');
  return lines;
}

/** A veto that may be meant, as a comment: it would keep rows apart. */
export function vetoLines({ columns }: Proposal, names: Names): string[] {
  return columns
    .filter(({ parts }) => parts)
    .slice(0, 1)
    .map(({ givers }) => {
      const values = givers.map(({ column }) => accessTo(names.sources.get(column.table) ?? '', column.name));
      return `      // veto: d.differs(d.folded, ${values.join(', ')}), // ? some rows that meet differ there: they may be two things`;
    });
}

function goldenText(column: ColumnProposal, names: Names): string {
  const { word, sqlType, vocabulary, givers, constants } = column;
  const variable = names.words.get(column);
  const given = givers.map((giver) => {
    const usual = vocabulary?.usual.get(giver.column);
    if (usual === undefined || usual.size === 0) return giverText(giver, names);
    const list = [...usual].map(([one, raw]) => `${memberName(one)}: ${stringOf(raw)}`).join(', ');
    return `${variable}.from(${giverText(giver, names)}, { ${list} })`;
  });
  const computed = [...constants].map(([table, raw]) => {
    const said = [...(vocabulary?.words ?? [])].find(([, spellings]) =>
      spellings.some((one) => one.trim() === raw),
    );
    const sql = `'${(said?.[0] ?? raw).replaceAll("'", "''")}'`;
    return `d.computed(${names.sources.get(table)}, ${JSON.stringify(sql)})`;
  });
  const all = [...given, ...computed].join(', ');
  if (vocabulary !== null) return `${variable}(${all})`;
  return sqlType === null ? `d.${word}(${all})` : `d.as(${stringOf(sqlType)}, ${all})`;
}

function giverText({ column, wrap }: GiverProposal, names: Names): string {
  const access = accessTo(names.sources.get(column.table) ?? '', column.name);
  return wrap === null ? access : `d.${wrap.word}(${[access, ...wrap.rest].join(', ')})`;
}
