import { inject, TestRunner } from 'vitest';

/** Whether the test server is of this major or a newer one. */
export function isServer(major: number): boolean {
  return inject('serverVersion') >= major * 10_000;
}

/** Skips the rest of the test, and says why, on a server that is older than what the test is about. */
export function needsServer(major: number, feature: string): void {
  TestRunner.getCurrentTest()?.context.skip(!isServer(major), `${feature}: PostgreSQL ${major} and newer`);
}

/** Skips the rest of the test, and says why, on a server that has lost what the test is about. */
export function needsOlderServer(major: number, feature: string): void {
  TestRunner.getCurrentTest()?.context.skip(isServer(major), `${feature}: gone since PostgreSQL ${major}`);
}
