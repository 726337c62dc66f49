import { DrydockError } from '../errors.js';
import type { ErrorCode } from './codes.js';

interface Reason {
  readonly code: ErrorCode;
  readonly what: string;
  /** What to do; `another` names what can be chosen anew, such as `--to`. */
  readonly next: string;
}

/** What the operating system refuses, by its errno. */
const REASONS: Readonly<Record<string, Reason>> = {
  ENOSPC: {
    code: 'disk-full',
    what: 'There is no room left',
    next: 'Make room there, or name a larger disk.',
  },
  EDQUOT: { code: 'disk-full', what: 'The quota is used up', next: 'Make room there, or name another disk.' },
  EFBIG: {
    code: 'disk-full',
    what: 'A file became too large for the file system',
    next: 'Name another disk.',
  },
  EROFS: { code: 'not-accessible', what: 'The file system is read-only', next: 'Name another place.' },
  EACCES: {
    code: 'not-accessible',
    what: 'The user has no right',
    next: 'Name another place, or have the right given.',
  },
  EPERM: {
    code: 'not-accessible',
    what: 'The user has no right',
    next: 'Name another place, or have the right given.',
  },
  ENOTDIR: {
    code: 'not-accessible',
    what: 'Something that is no directory is in the way',
    next: 'Check the name, or name another place.',
  },
  EISDIR: { code: 'not-accessible', what: 'There is a directory in place of a file', next: 'Name a file.' },
  ENOENT: {
    code: 'not-accessible',
    what: 'A file or a directory is not there, or is gone,',
    next: 'Check the name, or name another place.',
  },
  EEXIST: { code: 'not-accessible', what: 'Something is there already', next: 'Name another place.' },
  ELOOP: { code: 'not-accessible', what: 'A link leads back to itself', next: 'Name another place.' },
  ENAMETOOLONG: { code: 'not-accessible', what: 'The name is too long', next: 'Give a shorter one.' },
  EIO: {
    code: 'disk-error',
    what: 'The disk reported an error',
    next: 'Name another disk, and look after this one.',
  },
  EMFILE: {
    code: 'system-limits',
    what: 'The process may not open more files',
    next: 'Raise the limit (ulimit -n), and give the same command again.',
  },
  ENFILE: {
    code: 'system-limits',
    what: 'The system may not open more files',
    next: 'Close other programs or raise the limit, and give the same command again.',
  },
  EAGAIN: {
    code: 'system-limits',
    what: 'The system may not start more processes',
    next: 'Raise the limit (ulimit -u), and give the same command again.',
  },
  ENOMEM: {
    code: 'system-limits',
    what: 'The system has no memory left',
    next: 'End other programs, and give the same command again.',
  },
};

/**
 * What the operating system refused, as an error that a person can act on; undefined where it was not the system.
 *
 * @param where the place that the user knows; without it the file that the system names
 */
export function systemError(error: unknown, state: string, where?: string): DrydockError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', syscall, path } = error as NodeJS.ErrnoException;
  const reason = syscall === undefined ? undefined : REASONS[code];
  if (reason === undefined) return undefined;
  const place = where ?? path;
  return new DrydockError({
    code: reason.code,
    what: `${reason.what}${place === undefined ? ` (${syscall})` : ` at ${place}`}.`,
    state,
    next: reason.next,
    cause: error,
  });
}
