/** Numbers and names as a person reads them. Control characters, which names may hold, are shown as escapes. */

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function count(value: number): string {
  return WHOLE.format(value);
}

export function share(part: number): string {
  return `${Math.round(part * 100)} %`;
}

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  const size = value / 2 ** (10 * unit);
  return `${size.toFixed(unit > 0 && size < 10 ? 1 : 0)} ${units[unit]}`;
}

export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

export function clock(at: string): string {
  return at.slice(11, 19);
}

export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** The last digits of both sums of a hash: they differ whenever anything does. */
export function shortHash(hash: string): string {
  return hash
    .split(':')
    .map((sum) => (sum.length > 7 ? `…${sum.slice(-6)}` : sum))
    .join(':');
}
