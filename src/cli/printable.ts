/** Texts from outside, made safe to print. */
export { type JsonLayout, printable, printableJson, quoted } from '../words/printable.js';
