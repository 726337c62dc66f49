/**
 * The first words of a text, as a title: in TypeScript, where rows are merged, and in SQL, where an application writes a row
 * directly. Characters are code points, and blanks are those of ASCII, so that both count alike in every encoding and locale.
 */

const BLANKS = String.raw`[ \t\n\v\f\r]+`;
const ELLIPSIS = '…';

/** At most `length` characters and the ellipsis; cut between words, but not in the first half. */
export function firstWords(text: string, length: number): string {
  const plain = text.replace(new RegExp(BLANKS, 'g'), ' ').replace(/^ | $/g, '');
  if (plain.length <= length) return plain;
  // No more than this many code points, of two units each, are looked at.
  const cut = [...plain.slice(0, 2 * (length + 1))].slice(0, length + 1);
  if (cut.length <= length) return plain;
  const blank = cut.lastIndexOf(' ');
  return cut.slice(0, blank > length / 2 ? blank : length).join('') + ELLIPSIS;
}

/** SQL: the same of an expression of type text. */
export function firstWordsSql(text: string, length: number): string {
  const cut = `left(w.plain, ${length + 1})`;
  // Counted from the end of the cut, from 1; 0 without a blank.
  const blank = `strpos(reverse(${cut}), ' ')`;
  const isFar = `${blank} between 1 and ${Math.ceil(length / 2)}`;
  return (
    `(select case when length(w.plain) <= ${length} then w.plain else left(w.plain, case when ${isFar} then ${length + 1} - ${blank} else ${length} end) || '${ELLIPSIS}' end ` +
    `from (select btrim(regexp_replace((${text}) collate "C", e'${BLANKS.replaceAll('\\', '\\\\')}', ' ', 'g'), ' ') as plain offset 0) w)`
  );
}
