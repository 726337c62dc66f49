import type { ProgressEvent } from '../reports/progress.js';
import type { ProgressDisplay } from './progress/display.js';
import type { Session } from './session.js';

const SILENT: ProgressDisplay = { show: () => undefined, stop: () => undefined };

/**
 * Runs a verb with a display of its progress on stderr: a bar on a terminal, else plain lines; with `--json` nothing,
 * unless `--verbose` asks for the log.
 */
export async function withProgress<T>(
  session: Session,
  verb: (onProgress: (event: ProgressEvent) => void) => Promise<T>,
): Promise<T> {
  const display = await chooseDisplay(session);
  session.onEmergency(() => display.stop());
  try {
    return await verb((event) => display.show(event));
  } finally {
    display.stop();
  }
}

/** What is not shown is not loaded. */
async function chooseDisplay(session: Session): Promise<ProgressDisplay> {
  const { globals, err } = session;
  if (globals.json && !globals.verbose) return SILENT;
  if (err.isTTY && !globals.verbose && globals.logFormat === 'text') {
    const { barDisplay } = await import('./progress/bar.js');
    return barDisplay(err);
  }
  const { lineDisplay } = await import('./progress/lines.js');
  return lineDisplay(await session.log());
}
