/** The newest major version that the tests are run on. */
const NEWEST_TESTED = 18;

/** A fault of the server by which capture misses what applications write. */
interface CaptureFault {
  /** The first minor of each major in which it is mended; what is not named does not have it. */
  readonly mended: Readonly<Record<number, number>>;
  /** Only where a legacy table is partitioned. */
  readonly onlyPartitioned: boolean;
  /** The statement whose rows the triggers do not see, as the end of a sentence. */
  readonly statement: string;
}

const CAPTURE_FAULTS: readonly CaptureFault[] = [
  {
    // The releases of February 2026; 14 has no MERGE.
    mended: { 15: 16, 16: 12, 17: 8, 18: 2 },
    onlyPartitioned: false,
    statement:
      'a MERGE beside a WITH that changes the same table (with y as (update t ...) merge into t ...)',
  },
  {
    // Seen on 15.18, 16.14, 17.10 and 18.4 and not on 15.20; the others of November 2026 are taken to be like it.
    mended: { 15: 20, 16: 16, 17: 12, 18: 6 },
    onlyPartitioned: true,
    statement: 'a MERGE that inserts rows into a partitioned table and changes ids in it',
  },
];

/** What a server is told by. */
export interface ServerFacts {
  /** As in `server_version_num`. */
  readonly number: number;
  readonly version: string;
  /** Whether a legacy table is partitioned. */
  readonly hasPartitioned: boolean;
}

/** What a person should know of this very release before a run. */
export function serverNotes({ number, version, hasPartitioned }: ServerFacts): string[] {
  const [major, minor] = [Math.floor(number / 10_000), number % 10_000];
  if (major > NEWEST_TESTED) {
    return [
      `PostgreSQL ${version} is newer than any that Drydock was tested with (${NEWEST_TESTED}); verify what a run makes, before applications rely on it.`,
    ];
  }
  return CAPTURE_FAULTS.flatMap(({ mended, onlyPartitioned, statement }) => {
    const first = mended[major];
    if (first === undefined || minor >= first || (onlyPartitioned && !hasPartitioned)) return [];
    return [
      `PostgreSQL ${version} does not show triggers all rows of ${statement}: such writes are not captured, and sync does not know of them. Update the server to ${major}.${first} or newer, or verify after every sync that a cutover rests on.`,
    ];
  });
}
