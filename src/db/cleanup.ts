/**
 * What is acquired adds its undo here. Unwound last first, each undo awaited, the first error kept.
 */
export class Cleanup {
  readonly #undos: (() => Promise<void> | void)[] = [];

  add(undo: () => Promise<void> | void): void {
    this.#undos.push(undo);
  }

  async unwind(): Promise<void> {
    const errors: unknown[] = [];
    for (let undo = this.#undos.pop(); undo !== undefined; undo = this.#undos.pop()) {
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, 'clean-up failed');
  }
}

/** Runs the work with a Cleanup that is unwound afterwards, whatever happens. The work's own error comes first. */
export async function withCleanup<T>(work: (cleanup: Cleanup) => Promise<T>): Promise<T> {
  const cleanup = new Cleanup();
  let result: T;
  try {
    result = await work(cleanup);
  } catch (error) {
    await cleanup.unwind().catch((undoError: unknown) => {
      throw new AggregateError([error, undoError], error instanceof Error ? error.message : String(error));
    });
    throw error;
  }
  await cleanup.unwind();
  return result;
}
