const LEVELS = '▁▂▃▄▅▆▇█';

/** Figures as small columns, the highest of them as high as one line. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 0);
  return values
    .map(
      (value) => LEVELS[most > 0 ? Math.round((Math.max(0, value) / most) * (LEVELS.length - 1)) : 0] ?? '',
    )
    .join('');
}
