import type { Edit } from './mutant.js';

/** A column of `opportunities_unified` that has values and nulls. */
const COLUMN = '"target_audience"';

/**
 * An edit of the one place that copies rows: `lines` is the list of COPY lines, `at` where the column is in them
 * (-1 in another table), and the expression gives what is copied instead.
 */
function copying(expression: string): Edit {
  return {
    file: 'load/copy-rows.js',
    find: 'log.chunks()',
    replace: `((lines) => {
      const at = target.table.copied.indexOf('${COLUMN}');
      return [Buffer.from((${expression}).map((line) => line + '\\n').join(''), 'latin1')];
    })([...log])`,
  };
}

const UNCOUNTED: Edit = {
  file: 'load/copy-rows.js',
  find: 'if (copied !== log.rows)',
  replace: 'if (false)',
};

/** Each field of the column, changed. */
function everyField(change: string): Edit {
  return copying(
    `lines.map((line) => line.split('\\t').map((field, index) => (index === at ? ${change} : field)).join('\\t'))`,
  );
}

export const NULL_AS_EMPTY = [everyField(`field.replace(/^\\\\N$/, '')`)];
export const EMPTY_AS_NULL = [everyField(`(field.length > 20 ? '\\\\N' : field)`)];
export const CUT_OFF = [everyField(`(field.length > 20 ? field.slice(0, 20) : field)`)];
export const SWAPPED = [
  copying(`at < 0 || lines.length < 2 ? lines : lines.map((line, row) => {
        const fields = line.split('\\t');
        const partner = row < 2 ? lines[1 - row].split('\\t') : fields;
        return fields.map((field, index) => (index === at ? partner[index] : field)).join('\\t');
      })`),
];
export const LAST_ROW_LOST = [copying('lines.slice(0, -1)'), UNCOUNTED];
export const LAST_ROW_TWICE = [
  copying(`target.name === 'opportunity_duplicates' ? [...lines, lines.at(-1)] : lines`),
  UNCOUNTED,
];
