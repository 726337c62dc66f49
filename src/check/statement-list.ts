import type { SentStatement } from '../reports/statements.js';

interface Entry {
  readonly text: string;
  readonly step: string | null;
  times: number;
}

/** Statements in the order in which they were sent first; what differs in keys and numbers alone is one. */
export class StatementList {
  readonly #entries = new Map<string, Entry>();
  readonly #from: string;
  readonly #to: string;
  #step: string | null = null;

  /** @param from the name of the database for trials @param to what stands for it */
  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  step(name: string): void {
    this.#step = name;
  }

  add(sent: string): void {
    const text = sent.replaceAll(this.#from, this.#to).trim();
    const shape = text
      .replace(/'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'/gi, "'uuid'")
      .replace(/'[0-9A-F]{8}-[0-9A-F]{8}-\d+'/g, "'snapshot'")
      .replace(/'\d{4}-\d\d-\d\d[^']*'/g, "'time'")
      .replace(/(?<![\w$."])\d+(?![\w"])/g, '0')
      .replace(/'\{[^']*\}'/g, "'{}'");
    const known = this.#entries.get(shape);
    if (known === undefined) this.#entries.set(shape, { text, step: this.#step, times: 1 });
    else known.times += 1;
  }

  all(): SentStatement[] {
    return [...this.#entries.values()].map(({ text, step, times }) => ({
      text,
      parameters: parametersOf(text),
      reads: isReading(text),
      times,
      step,
    }));
  }
}

/** Every place has a cast. */
function parametersOf(text: string): SentStatement['parameters'] {
  const found = new Map<string, string>();
  for (const [, place = '', type = ''] of text.matchAll(
    /(\$\d+)(?:::([a-z_0-9]+(?: precision| varying| with(?:out)? time zone)?(?:\[\])?))?/g,
  ))
    if (!found.has(place) || found.get(place) === '') found.set(place, type.trim());
  // What stands in the body of a function is no place.
  return /^create (?:or replace )?function/i.test(text)
    ? []
    : [...found].map(([place, type]) => ({ place, type: type === '' ? 'text' : type }));
}

function isReading(text: string): boolean {
  if (/^copy \(/i.test(text)) return /to stdout/i.test(text);
  return (
    /^(?:select|with|values|explain|show|fetch)\b/i.test(text) &&
    !/\b(?:insert into|update|delete from|pg_notify|set_config|pg_advisory|nextval|pg_export_snapshot)\b/i.test(
      text,
    )
  );
}
