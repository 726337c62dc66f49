import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The journeys of whole processes: short files, and the longest tests. */
const JOURNEYS = /\/test\/(faults\/faults|afloat\/voyage|full-rollback\/full-rollback)\.test\.ts$/;

/**
 * Begins with the journeys. Nothing is known of a fresh checkout but the sizes of its files, by which they would come
 * last, and end alone when the other workers have nothing left to do.
 */
export class JourneysFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isJourney = ({ moduleId }: TestSpecification) => JOURNEYS.test(moduleId);
    return [...sorted.filter(isJourney), ...sorted.filter((file) => !isJourney(file))];
  }
}
