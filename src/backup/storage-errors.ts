import { DrydockError, type ErrorCode } from '../errors.js';

const REASONS: Readonly<
  Record<string, { readonly code: ErrorCode; readonly what: string; readonly next: string }>
> = {
  ENOSPC: {
    code: 'disk-full',
    what: 'There is no room left',
    next: 'Make room, or give --to a larger disk.',
  },
  EDQUOT: { code: 'disk-full', what: 'The quota is used up', next: 'Make room, or give --to another disk.' },
  EFBIG: {
    code: 'disk-full',
    what: 'A file became too large for the file system',
    next: 'Give --to another disk.',
  },
  EROFS: { code: 'not-writable', what: 'The file system is read-only', next: 'Give --to another directory.' },
  EACCES: { code: 'not-writable', what: 'The user may not write', next: 'Give --to another directory.' },
  EPERM: { code: 'not-writable', what: 'The user may not write', next: 'Give --to another directory.' },
  ENOTDIR: {
    code: 'not-writable',
    what: 'Something that is no directory is in the way',
    next: 'Check --to.',
  },
  ENOENT: {
    code: 'not-writable',
    what: 'A file or a directory cannot be made, or is gone,',
    next: 'Give --to another directory.',
  },
  ENAMETOOLONG: { code: 'not-writable', what: 'The name is too long', next: 'Give --to a shorter one.' },
  EIO: {
    code: 'disk-error',
    what: 'The disk gave an error',
    next: 'Give --to another disk, and look after this one.',
  },
};

/** Makes an error of the file system one that a person can act on. */
export function explainedOnDisk(error: unknown, where: string, state: string): unknown {
  if (error instanceof AggregateError) {
    const [first] = error.errors as unknown[];
    return first === undefined ? error : explainedOnDisk(first, where, state);
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  const reason = syscall === undefined ? undefined : REASONS[code ?? ''];
  if (reason === undefined) return error;
  return new DrydockError({
    code: reason.code,
    what: `${reason.what} at ${where}.`,
    state,
    next: reason.next,
    cause: error,
  });
}
