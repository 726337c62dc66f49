/** Exit statuses of the command line, as diff(1) numbers them. */
export const EXIT = {
  /** Equal, or done. */
  done: 0,
  /** Different, or problems found. */
  different: 1,
  /** It could not run or compare. */
  failed: 2,
  /** It was stopped with work left. */
  workLeft: 3,
} as const;

/** Exit status of a command. */
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
