import { quoted } from '../../format/printable.js';
import { SHAPES } from '../shapes.js';
import { optional } from './flag.js';

/** Which legacy tables to make. */
export const shape = optional(
  (text, refuse) =>
    SHAPES.find((known) => known === text) ??
    refuse(`--shape wants one of ${SHAPES.join(', ')}, not ${quoted(text)}.`),
);
