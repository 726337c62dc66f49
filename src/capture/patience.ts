/**
 * How long our statement may wait for a lock. Whoever writes the table next waits behind it; and where we wait for a
 * writer who waits for us, it is we who give up, before the server looks for deadlocks (after a second, by default).
 */
export const LOCK_PATIENCE = '400ms';
/** A writer may hold its locks for a minute or two; the table is free for all others meanwhile. */
export const ATTEMPTS = 40;
