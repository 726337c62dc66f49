import type { Edit } from './mutant.js';

/** A column of `opportunities_unified` that has values and nulls. */
const COLUMN = '"target_audience"';

/**
 * An edit of the one place that copies rows: `rows` are rows of the binary COPY format, `at` is where the column is in
 * them (-1 in another table), and the expression gives what is copied instead. A field is its four bytes of length
 * and its value; `NULL` is the field of null, `field` makes one of a value.
 */
function copying(expression: string): Edit {
  return {
    file: 'load/copy-rows.js',
    find: 'log.chunks()',
    replace: `((rows) => {
      const at = target.table.copied.indexOf('${COLUMN}');
      const NULL = '\\xff\\xff\\xff\\xff';
      const field = (value) => String.fromCharCode(0, 0, value.length >> 8, value.length & 0xff) + value;
      const fieldsOf = (row) => {
        const fields = [];
        for (let from = 2, to = 2; from < row.length; from = to) {
          const length = Buffer.from(row.slice(from, from + 4), 'latin1').readInt32BE();
          to = from + 4 + Math.max(0, length);
          fields.push(row.slice(from, to));
        }
        return fields;
      };
      const rowOf = (row, fields) => row.slice(0, 2) + fields.join('');
      return [Buffer.from((${expression}).join(''), 'latin1')];
    })([...log].map((row) => row.bytes.toString('latin1', row.start, row.end)))`,
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
    `rows.map((row) => rowOf(row, fieldsOf(row).map((was, index) => (index === at ? ${change} : was))))`,
  );
}

export const NULL_AS_EMPTY = [everyField(`(was === NULL ? field('') : was)`)];
export const EMPTY_AS_NULL = [everyField(`(was.length > 24 ? NULL : was)`)];
export const CUT_OFF = [everyField(`(was.length > 24 ? field(was.slice(4, 24)) : was)`)];
export const SWAPPED = [
  copying(`at < 0 || rows.length < 2 ? rows : rows.map((row, number) => {
        const partner = number < 2 ? fieldsOf(rows[1 - number]) : fieldsOf(row);
        return rowOf(row, fieldsOf(row).map((was, index) => (index === at ? partner[index] : was)));
      })`),
];
export const LAST_ROW_LOST = [copying('rows.slice(0, -1)'), UNCOUNTED];
export const LAST_ROW_TWICE = [
  copying(`target.name === 'opportunity_duplicates' ? [...rows, rows.at(-1)] : rows`),
  UNCOUNTED,
];
