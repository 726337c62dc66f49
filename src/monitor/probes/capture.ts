import type { CaptureFigures } from '../../reports/monitor.js';
import type { ProbeContext } from './probe.js';

/** Changes that were captured and are not applied yet; null where nothing is captured. */
export async function readCapture({ session }: ProbeContext): Promise<CaptureFigures | null> {
  const { there } = await session.one(`select to_regclass('drydock.queue')::text as there`);
  if (there === null) return null;
  return null;
}
