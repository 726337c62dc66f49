import type { Style } from '../style.js';
import { warning } from './parts.js';

/** What was told while a backup was brought back, and what is not as the backup says. */
export function caveatLines(
  {
    warnings,
    differences,
  }: { readonly warnings: readonly string[]; readonly differences: readonly string[] },
  style: Style,
): string[] {
  return [
    ...(warnings.length === 0 ? [] : ['']),
    ...warnings.flatMap((what) => warning(what, style)),
    ...(differences.length === 0 ? [] : ['', '  Not as the backup says:']),
    ...differences.flatMap((what) => warning(what, style)),
  ];
}
