/** The fields of a record as `record_send` gives it: how many, and of each its type, its length and its bytes. */
export function recordFields(record: Buffer): (string | null)[] {
  const fields: (string | null)[] = [];
  let at = 4;
  for (let left = record.readInt32BE(0); left > 0; left--) {
    const length = record.readInt32BE(at + 4);
    at += 8;
    fields.push(length < 0 ? null : record.toString('latin1', at, at + length));
    at += Math.max(0, length);
  }
  return fields;
}
