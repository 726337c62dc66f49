import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../files/write-whole.js';
import type { BenchReport } from '../../reports/bench.js';
import { cannotWrite } from '../files.js';

/** Writes a report under a name that sorts by time, and gives its path. */
export async function saveBench(report: BenchReport, directory: string): Promise<string> {
  const file = join(directory, `drydock-bench-${report.at.replaceAll(/[-:]|\.\d+/g, '')}.json`);
  try {
    await mkdir(directory, { recursive: true });
    await writeWhole(file, `${JSON.stringify(report, null, 2)}\n`, { replace: false });
  } catch (error) {
    throw cannotWrite(file, error);
  }
  return file;
}
