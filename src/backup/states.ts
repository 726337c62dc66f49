/** What is written when a step of a backup, or the look at one, ends with an error. */

export const GIVEN_UP =
  'The backup was given up, and what was written of it was removed; the database was only read.';

/** A backup is read whole before anything is done with it. */
export const ONLY_READ = 'The backup was only read; the database was not touched.';
