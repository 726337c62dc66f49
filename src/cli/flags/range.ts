import { isoTime } from '../../format/moment.js';
import { quoted } from '../../format/printable.js';
import { isUuid } from '../../keys/uuid.js';
import type { RangeOptions } from '../../reports/target.js';
import { UsageError } from '../usage.js';
import { optional, type Refuse } from './flag.js';

/** Read together, by {@link toRange}. */
const asGiven = optional((text) => text);

/** The raw flags, to be spread into a verb's schema. */
export const rangeFlags = {
  batches: asGiven,
  from: asGiven,
  to: asGiven,
  since: asGiven,
} as const;

type RawRange = { readonly [flag in keyof typeof rangeFlags]?: string | undefined };

/**
 * The range that the flags name; none of them means everything.
 *
 * @throws UsageError for an impossible range; `command` is named in it
 */
export function toRange(raw: RawRange, command: string): RangeOptions {
  const refuse: Refuse = (what) => {
    throw new UsageError(what, command);
  };
  refuseMixture(raw, refuse);
  if (raw.batches !== undefined) return { batches: batchRange(raw.batches, refuse) };
  if (raw.since !== undefined) return { since: time(raw.since, refuse) };
  if (raw.from !== undefined || raw.to !== undefined) return { keys: keyRange(raw.from, raw.to, refuse) };
  return {};
}

function refuseMixture(raw: RawRange, refuse: Refuse): void {
  const forms = [
    ...(raw.batches === undefined ? [] : ['--batches']),
    ...(raw.from === undefined && raw.to === undefined ? [] : ['--from/--to']),
    ...(raw.since === undefined ? [] : ['--since']),
  ];
  if (forms.length > 1) refuse(`${forms.join(' and ')} cannot be combined: name the range in one way.`);
}

function batchRange(text: string, refuse: Refuse): NonNullable<RangeOptions['batches']> {
  const match = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(text);
  if (match === null) {
    return refuse(`--batches wants two numbers such as 120..140, or one, not ${quoted(text)}.`);
  }
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  if (to < from) refuse(`--batches ${from}..${to} runs backwards: the first batch comes after the last.`);
  return { from, to };
}

function keyRange(
  from: string | undefined,
  to: string | undefined,
  refuse: Refuse,
): NonNullable<RangeOptions['keys']> {
  const key = (flag: string, text: string | undefined): string | undefined => {
    if (text !== undefined && !isUuid(text))
      refuse(`${flag} wants a key, which is a uuid, not ${quoted(text)}.`);
    return text?.toLowerCase();
  };
  const keys = { from: key('--from', from), to: key('--to', to) };
  if (keys.from !== undefined && keys.to !== undefined && keys.to <= keys.from) {
    refuse('The range from --from to --to is empty: --to is left out of it, so it has to be the larger key.');
  }
  return keys;
}

/** An ISO 8601 time with its offset spelled out, so that no session's time zone can change what it means. */
function time(text: string, refuse: Refuse): string {
  return (
    isoTime(text) ??
    refuse(`--since wants a time such as 2025-03-01 or 2025-03-01T12:00:00+02:00, not ${quoted(text)}.`)
  );
}
