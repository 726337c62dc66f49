/** Exit statuses of the command line, as diff(1) numbers them. */
export const EXIT = {
  done: 0,
  different: 1,
  failed: 2,
  workLeft: 3,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
