/** Floating point numbers as Postgres prints them: the fewest digits that give the same number again. */

/** From here on a double's shortest digits may lie just between it and its neighbour, and Postgres wants more of them. */
const FIRST_BETWEEN = 2 ** 53;

/** Bytes on their way to a number. */
const view = new DataView(new ArrayBuffer(8));

/** What Postgres prints for the bytes of a `double precision`. */
export function float8Text(bytes: string): string {
  for (let at = 0; at < 8; at += 1) view.setUint8(at, bytes.charCodeAt(at));
  const value = view.getFloat64(0);
  const size = Math.abs(value);
  // Within these bounds both print plain digits, and the same ones.
  if (size >= 1e-4 && size < 1e15) return String(value);
  if (size < FIRST_BETWEEN) return print(value, 15, String);
  return print(value, 15, () => fewestDigits(view.getBigUint64(0), 52, 11));
}

/** What Postgres prints for the bytes of a `real`. */
export function float4Text(bytes: string): string {
  for (let at = 0; at < 4; at += 1) view.setUint8(at, bytes.charCodeAt(at));
  return print(view.getFloat32(0), 6, () => fewestDigits(BigInt(view.getUint32(0)), 23, 8));
}

/**
 * The fewest digits that lie nearer to a number than to both its neighbours, as `digits e power`; of several the
 * nearest, of two that are as near the even one. Exact, in quarters of the number's last bit.
 */
function fewestDigits(bits: bigint, fractionBits: number, exponentBits: number): string {
  const fraction = BigInt.asUintN(fractionBits, bits);
  const biased = Number(BigInt.asUintN(exponentBits, bits >> BigInt(fractionBits)));
  const mantissa = biased === 0 ? fraction : fraction | (1n << BigInt(fractionBits));
  const quarter = Math.max(biased, 1) - 2 ** (exponentBits - 1) + 1 - fractionBits - 2;
  // Below a power of two numbers are twice as close.
  const below = fraction === 0n && biased > 1 ? 1n : 2n;
  const sign = bits >> BigInt(fractionBits + exponentBits) === 0n ? '' : '-';
  const up = 1n << BigInt(Math.max(0, quarter));
  const down = 1n << BigInt(Math.max(0, -quarter));
  const highest = Math.ceil((mantissa.toString(2).length + quarter + 2) * Math.log10(2));
  for (let power = highest; ; power -= 1) {
    const scale = up * 10n ** BigInt(Math.max(0, -power));
    const unit = down * 10n ** BigInt(Math.max(0, power));
    const value = 4n * mantissa * scale;
    const digits = value / unit;
    const rest = value - digits * unit;
    const floor = rest < below * scale;
    const ceiling = unit - rest < 2n * scale;
    if (!floor && !ceiling) continue;
    const half = 2n * rest - unit;
    const isFloor = floor && (!ceiling || half < 0n || (half === 0n && digits % 2n === 0n));
    return `${sign}${isFloor ? digits : digits + 1n}e${power < 0 ? '-' : '+'}${Math.abs(power)}`;
  }
}

/** @param plain powers of ten from here on are written with an exponent */
function print(value: number, plain: number, shortest: (value: number) => string): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (!Number.isFinite(value)) return String(value);
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(shortest(value));
  if (parts === null) throw new Error(`cannot print the number ${value}`);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = (whole + fraction).replace(/^0+/, '').replace(/0+$/, '');
  const leading = (whole + fraction).search(/[1-9]/);
  /** The power of ten of the first digit. */
  const power = whole.length - 1 - leading + Number(exponent);
  if (power < -4 || power >= plain) {
    const tail = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${tail}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  const padded = digits.padEnd(power + 1, '0');
  const tail = padded.slice(power + 1);
  return sign + padded.slice(0, power + 1) + (tail === '' ? '' : `.${tail}`);
}
