const broken = new WeakSet<object>();

/** Remembers of an error that a COMMIT was under way: what became of it only the server knows. */
export function leaveInDoubt(error: unknown): void {
  if (typeof error === 'object' && error !== null) broken.add(error);
}

/** Whether the connection broke during a COMMIT. */
export function isCommitInDoubt(error: unknown): boolean {
  return typeof error === 'object' && error !== null && broken.has(error);
}
