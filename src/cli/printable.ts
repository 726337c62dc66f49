/** Texts from outside, made safe to print. */
export { printable, printableJson, quoted } from '../words/printable.js';
