import { inject } from 'vitest';

/** Whether the test server is of this major or a newer one. */
export function isServer(major: number): boolean {
  return inject('serverVersion') >= major * 10_000;
}

/** Skips a test, and says why, on servers older than what it is about: `needsServer(skip, 18, 'virtual columns')`. */
export function needsServer(
  skip: (condition: boolean, note?: string) => void,
  major: number,
  feature: string,
): void {
  skip(!isServer(major), `${feature}: PostgreSQL ${major} and newer`);
}
