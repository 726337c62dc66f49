import { readFileSync } from 'node:fs';

/**
 * The most memory that this process had resident. Linux hands the mark down from the process that started this one,
 * even through exec; its own is in /proc, where there is one.
 */
export function peakMemory(): number {
  const inherited = process.resourceUsage().maxRSS * 1024;
  try {
    const own = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'));
    return own === null ? inherited : Number(own[1]) * 1024;
  } catch {
    return inherited;
  }
}
