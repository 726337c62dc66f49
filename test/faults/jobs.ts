import type { Fault } from './fault.js';
import { type Result, runFault } from './run-fault.js';
import { Workshop } from './workshop.js';

/**
 * Does the faults over several servers side by side, and tells of each as it is done. A fault that the harness itself
 * fails at is a failure too.
 */
export async function runFaults(
  faults: readonly Fault[],
  options: {
    /** The built `main.js` to be tested. */
    readonly main: string;
    /** The built `main.js` that says what is right; the same one unless that is to be wrong. */
    readonly right?: string;
    readonly jobs: number;
    readonly onResult: (result: Result) => void;
  },
): Promise<Result[]> {
  const waiting = [...faults];
  const results: Result[] = [];
  const work = async (): Promise<void> => {
    const workshop = await Workshop.open(options.right ?? options.main);
    try {
      for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
        const begun = fault;
        const result = await runFault(workshop, options.main, begun).catch(
          (error: unknown): Result => ({
            fault: begun,
            problems: [`the harness failed: ${error instanceof Error ? error.stack : String(error)}`],
          }),
        );
        // Whatever was done to it: what comes next is not to fail for that.
        await workshop.server.ready();
        results.push(result);
        options.onResult(result);
      }
    } finally {
      await workshop.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, faults.length) }, work));
  return results.sort((a, b) => a.fault.number - b.fault.number);
}
