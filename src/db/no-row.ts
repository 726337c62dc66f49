/** A question that always has an answer had none: what it is about, such as a table, is gone. */
export class NoRowError extends Error {
  override readonly name = 'NoRowError';
  constructor(readonly detail: string) {
    super('A question about the database had no answer.');
  }
}
