/** Floating point numbers as Postgres prints them: the fewest digits that give the same number again. */

/** What Postgres prints for the bytes of a `double precision`. */
export function float8Text(bytes: string): string {
  for (let at = 0; at < 8; at += 1) view.setUint8(at, bytes.charCodeAt(at));
  const value = view.getFloat64(0);
  const size = Math.abs(value);
  // Within these bounds both print plain digits, and the same ones.
  return size >= 1e-4 && size < 1e15 ? String(value) : print(value, 15, String);
}

/** Bytes on their way to a number. */
const view = new DataView(new ArrayBuffer(8));

/** What Postgres prints for the bytes of a `real`. */
export function float4Text(bytes: string): string {
  for (let at = 0; at < 4; at += 1) view.setUint8(at, bytes.charCodeAt(at));
  return print(view.getFloat32(0), 6, shortestSingle);
}

/** As many digits as it takes to tell a single from its neighbours. */
function shortestSingle(value: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toPrecision(9);
}

/** @param plain powers of ten from here on are written with an exponent */
function print(value: number, plain: number, shortest: (value: number) => string): string {
  if (Object.is(value, -0)) return '-0';
  if (!Number.isFinite(value)) return String(value);
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(shortest(value));
  if (parts === null) throw new Error(`cannot print the number ${value}`);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = (whole + fraction).replace(/^0+/, '').replace(/0+$/, '');
  if (digits === '') return '0';
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
