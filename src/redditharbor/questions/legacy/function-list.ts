/** JSON's string without the escapes that jsonb refuses: of a null character, or of half a surrogate pair. */
const STRING = String.raw`"([^"\\[:cntrl:]]|\\["\\/bfnrt]|\\u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4}|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})*"`;
const SCALAR = `(${STRING}|null|true|false|-?(0|[1-9][0-9]{0,30})([.][0-9]{1,30})?)`;
const listed = (item: string) => String.raw`\s*(${item}\s*(,\s*${item}\s*)*)?`;
/** What an array that holds lists and objects of scalars looks like: nobody has met a deeper one. */
const ITEM = String.raw`(${SCALAR}|\[${listed(SCALAR)}\]|\{${listed(String.raw`${STRING}\s*:\s*${SCALAR}`)}\})`;
const ARRAY = String.raw`^\s*\[${listed(ITEM)}\]\s*$`;
const QUOTED = String.raw`^\s*${STRING}\s*$`;

/**
 * SQL: a list of functions as a jsonb array, from the three ways in which the pipeline has written it: a JSON array, a
 * JSON string that holds one (some were encoded twice), and `one, two, three`. Null for what is no list, as an object
 * is. Nothing is cast that was not looked at before: PostgreSQL 14 and 15 cannot ask whether a text is JSON.
 *
 * @param text an expression of type text
 * @param kind of the column that the text comes from
 */
export function functionList(text: string, kind: string | undefined): string {
  // What json takes, jsonb may refuse.
  const array = kind === 'jsonb' ? String.raw`when raw ~ '^\s*\[' then ${items('raw')} ` : '';
  const isJson = kind === 'jsonb' || kind === 'json';
  const json = `${array}${isJson ? String.raw`when raw !~ '^\s*["\[]' then null ` : ''}`;
  return String.raw`(select case ${json}when list ~ '${ARRAY}' then ${items('list')} when list ~ '^\s*\{' then null
  when list ~ '^\s*$' then '[]' else to_jsonb(regexp_split_to_array(${trimmed('list')}, '\s*,\s*')) end
  from (select raw, ${unquoted('once')} as list from (select raw, ${unquoted('raw')} as once from (select ${text} as raw offset 0) r offset 0) o offset 0) l)`;
}

function unquoted(text: string): string {
  return `case when ${text} ~ '${QUOTED}' then ${text}::jsonb #>> '{}' else ${text} end`;
}

function items(array: string): string {
  return `(select coalesce(jsonb_agg(${trimmed("coalesce(e, 'null')")}), '[]') from jsonb_array_elements_text(${array}::jsonb) e)`;
}

function trimmed(text: string): string {
  return String.raw`regexp_replace(${text}, '^\s+|\s+$', '', 'g')`;
}
