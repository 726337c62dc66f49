/** Numbers as a person reads them; they are the same in a terminal and on a page. */
export { bytes, count, counted, duration, milliseconds, percent, shortHash } from '../../words/format.js';
