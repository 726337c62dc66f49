/**
 * What is acquired adds its undo here. Unwound last first, each undo awaited, the first error kept. And what the work's
 * result rests on adds the look that has to be taken at it before the result is used.
 */
export class Cleanup {
  readonly #undos: (() => Promise<void> | void)[] = [];
  readonly #looks: (() => Promise<void>)[] = [];

  add(undo: () => Promise<void> | void): void {
    this.#undos.push(undo);
  }

  /** @param look throws where the work, now done, was done in vain */
  beforeResult(look: () => Promise<void>): void {
    this.#looks.push(look);
  }

  async look(): Promise<void> {
    for (const look of this.#looks.splice(0)) await look();
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
    await cleanup.look();
  } catch (error) {
    await cleanup.unwind().catch((undoError: unknown) => {
      throw new AggregateError([error, undoError], error instanceof Error ? error.message : String(error));
    });
    throw error;
  }
  await cleanup.unwind();
  return result;
}
