/**
 * SQL of a tsquery's text with all of its brackets. What the server prints leaves out those around operands of one operator:
 * `a & (b & c)` is read back as `(a & b) & c`, which is another value. Only such ones are taken apart, from what is sent of
 * them: a number of items; each a word (1, weights, whether it is a prefix, the word and a zero byte) or an operator (2, which, and
 * for a phrase its distance), the right operand before the left one. The text is put together from its end.
 */
export function bracketedTsquery(value: string): string {
  const byte = (at: string) => `get_byte(q.b, ${at})`;
  const length = `position(decode('00', 'hex') in substr(q.b, q.at + 4)) - 1`;
  const word = `convert_from(substr(q.b, q.at + 4, ${length}), 'UTF8')`;
  const weights = `concat(case when ${byte('q.at + 2')} > 0 then '*' end, ${['A', 'B', 'C', 'D']
    .map((letter, index) => `case when ${byte('q.at + 1')} & ${8 >> index} > 0 then '${letter}' end`)
    .join(', ')})`;
  const lexeme = `concat('''', replace(replace(${word}, chr(92), repeat(chr(92), 2)), '''', ''''''), '''', ':' || nullif(${weights}, ''))`;
  const distance = `(${byte('q.at + 2')} * 256 + ${byte('q.at + 3')})`;
  const operator = `case ${byte('q.at + 1')} when 2 then ' & ' when 3 then ' | ' else concat(' <', ${distance}, '> ') end`;
  const next = 'q.todo[cardinality(q.todo)]';
  const rest = 'q.todo[:cardinality(q.todo) - 1]';
  const isItem = `${next} is null`;
  const isWord = `${byte('q.at')} = 1`;
  const isNot = `${byte('q.at + 1')} = 1`;
  return `(case when (tsquerysend((${value})::text::tsquery) = tsquerysend(${value})) is not false then (${value})::text else (
    with recursive q (b, at, todo, text) as (
      select tsquerysend(${value}), 4, array[null::text collate "C"], '' collate "C"
      union all
      select q.b,
        q.at + case when not (${isItem}) then 0 when ${isWord} then 4 + ${length} when ${byte('q.at + 1')} = 4 then 4 else 2 end,
        case when not (${isItem}) or ${isWord} then ${rest}
          when ${isNot} then ${rest} || array['!(', null]
          else ${rest} || array['(', null, ${operator}, null] end,
        case when not (${isItem}) then ${next} || q.text when ${isWord} then ${lexeme} || q.text else ')' || q.text end
      from q where cardinality(q.todo) > 0
    ) select q.text from q where cardinality(q.todo) = 0) end)`;
}
