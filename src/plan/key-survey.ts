import { ident } from '../db/identifier.js';
import type { Session, TextRow } from '../db/session.js';
import { givingColumns } from '../mapping/giving-columns.js';
import { fromClause, type KeyedSource } from '../mapping/keyed-source.js';
import type { Phase } from '../mapping/phase.js';

/**
 * One look at the keys of all rows of a phase, each of which is worked out once: the server goes through each source once, keeps
 * a few small values of every row in a file of its own (about 100 bytes each), and sums them up. No table is made, so that it
 * works on a standby. Up to so many rows it is exact; of more, every 2nd, 4th, ... key is looked at, with all of its rows.
 */
const MOST_KEPT_ROWS = 5_000_000;
/** Rows that are brought here with their values: of at most so many the largest part is of some 100 bytes. */
const MOST_SENT_ROWS = 20_000;
/** Rows that are larger are sent without their values. */
const LARGEST_ROW = 8_192;

/** Upper bounds of the classes of group sizes; what is beyond the last one is a class of its own. */
const SIZES = [1, 2, 3, 5, 10, 20, 50, 100, 1_000] as const;
const MOST_GROUPS = 20;
const MOST_ROWS = 3;

/** How a row is named in what a person sees. */
export interface SeenRow {
  /** Index of the keyed source. */
  readonly source: number;
  readonly id: string;
  /** Index of the step that gave it its key; null where no steps are declared. */
  readonly step: number | null;
  /** The values that it was matched by, as they are spelled in the key; null: by none. */
  readonly said: string | null;
}

export interface SentRow extends SeenRow {
  readonly key: string;
  /** A record of what the columns that give shared ones hold, as it is sent; null where it is too large. */
  readonly values: Buffer | null;
}

/** Why a step gave rows no key, in the order of the steps: null, blank, excepted, dangling; '' where it gave one. */
export interface StepCount {
  readonly source: number;
  readonly step: number | null;
  readonly gaps: readonly string[];
  readonly rows: number;
}

export interface KeySurvey {
  /** Of so many keys one was looked at; 1: of all. */
  readonly oneIn: number;
  /** By source. */
  readonly sources: readonly {
    readonly rows: number;
    readonly keys: number;
    readonly orphans: number;
    readonly duplicates: number;
  }[];
  readonly steps: readonly StepCount[];
  readonly classes: readonly { readonly from: number; readonly to: number | null; readonly keys: number }[];
  /** A bit for each source. */
  readonly meetings: readonly { readonly bits: number; readonly keys: number }[];
  /** Keys whose rows a veto keeps apart. */
  readonly parted: number;
  readonly batches: number;
  readonly largest: readonly {
    readonly key: string;
    readonly rows: number;
    readonly shown: readonly SeenRow[];
  }[];
  /** Rows of keys that have several; all such rows where `sentOneIn` is 1 and none was left out. */
  readonly sent: readonly SentRow[];
  readonly sentOneIn: number;
}

/** @param rows of each source, as far as they are known before @param batchSize rows that a batch is to have */
export async function surveyKeys(
  session: Session,
  phase: Phase,
  { rows, batchSize }: { readonly rows: number; readonly batchSize: number },
): Promise<KeySurvey> {
  const { keyed } = phase;
  if (keyed.length === 0) return NOTHING;
  const oneIn = powerOf2(rows / MOST_KEPT_ROWS);
  const sentOneIn = Math.max(oneIn, powerOf2(rows / MOST_SENT_ROWS));
  const found = await session.query(surveyQuery(phase, { oneIn, sentOneIn, batchSize }));
  const of = (what: string) => found.filter((row) => row.what === what);
  const number = (value: string | null | undefined) => Number(value ?? 0);
  const steps = of('step').map(
    (row): StepCount => ({
      source: number(row.a),
      step: row.b === null || row.b === undefined ? null : Number(row.b),
      gaps: (row.c ?? '').split(','),
      rows: number(row.d) * oneIn,
    }),
  );
  const keys = new Map(of('keys').map((row) => [number(row.a), row]));
  return {
    oneIn,
    sources: keyed.map((_, source) => {
      const counts = keys.get(source);
      return {
        rows: number(counts?.b) * oneIn,
        keys: number(counts?.c) * oneIn,
        orphans: number(counts?.d) * oneIn,
        duplicates: (number(counts?.b) - number(counts?.e)) * oneIn,
      };
    }),
    steps,
    classes: of('class').map((row) => ({ ...sizeClass(number(row.a)), keys: number(row.b) * oneIn })),
    meetings: of('meeting').map((row) => ({ bits: number(row.a), keys: number(row.b) * oneIn })),
    parted: number(of('parted')[0]?.a) * oneIn,
    batches: number(of('batches')[0]?.a),
    largest: largestOf(of('large')),
    sent: of('sent').map((row) => ({
      ...seen(row),
      key: String(row.a),
      values: row.g === null || row.g === undefined ? null : Buffer.from(row.g, 'hex'),
    })),
    sentOneIn,
  };
}

const NOTHING: KeySurvey = {
  oneIn: 1, sources: [], steps: [], classes: [], meetings: [], parted: 0, batches: 1, largest: [], sent: [], sentOneIn: 1,
}; // biome-ignore format: nothing

function powerOf2(least: number): number {
  return least <= 1 ? 1 : 2 ** Math.ceil(Math.log2(least));
}

function seen(row: TextRow): SeenRow {
  return {
    source: Number(row.c),
    id: String(row.d),
    step: row.e === null || row.e === undefined ? null : Number(row.e),
    said: row.f ?? null,
  };
}

function largestOf(rows: readonly TextRow[]): KeySurvey['largest'] {
  const groups = new Map<string, { readonly rows: number; readonly shown: SeenRow[] }>();
  for (const row of rows) {
    const key = String(row.a);
    const group = groups.get(key) ?? { rows: Number(row.b), shown: [] };
    group.shown.push(seen(row));
    groups.set(key, group);
  }
  return [...groups]
    .map(([key, group]) => ({ key, ...group }))
    .sort((a, b) => b.rows - a.rows || (a.key < b.key ? -1 : 1));
}

function surveyQuery(
  phase: Phase,
  {
    oneIn,
    sentOneIn,
    batchSize,
  }: { readonly oneIn: number; readonly sentOneIn: number; readonly batchSize: number },
): string {
  const { keyed, matching } = phase;
  const vetoes = matching?.vetoes ?? null;
  const rows = keyed.map((one, at) => keptRows(phase, one, at, { oneIn, sentOneIn }));
  const before = keyed[0]?.with ?? '';
  const bounds = SIZES.map((size) => size + 1).join(', ');
  const parted = vetoes === null ? 'false' : 'g.vetoes > 1';
  const line = (what: string, values: readonly string[], from: string) =>
    `(select '${what}' as what, ${ABC.map((name, at) => `(${values[at] ?? 'null'})::text as ${name}`).join(', ')} ${from})`;
  const parts = [
    line('step', ['k.s', 'k.step', 'k.gaps', 'count(*)'], 'from k group by k.s, k.step, k.gaps'),
    line(
      'keys',
      ['k.s', 'sum(k.n)', 'count(distinct k.key)', 'sum(k.orphans)', 'count(*)'],
      // A row for each thing: rows of one key that are kept apart are several.
      `from (select k.s, k.key, case when ${parted} then k.veto end as veto, count(*) as n, count(*) filter (where k.orphan) as orphans
         from k ${vetoes === null ? '' : 'join g using (key)'} group by 1, 2, 3) k group by k.s`,
    ),
    line(
      'class',
      [`width_bucket(g.n, array[${bounds}]::bigint[])`, 'count(*)'],
      `from g group by width_bucket(g.n, array[${bounds}]::bigint[])`,
    ),
    line('meeting', ['g.bits', 'count(*)'], 'from g group by g.bits'),
    ...(vetoes === null ? [] : [line('parted', ['count(*)'], `from g where ${parted}`)]),
    line(
      'batches',
      ['1 + count(distinct b.bound)'],
      `from (select unnest(percentile_disc(array(select i::double precision / c.batches from generate_series(1, c.batches - 1) i)) within group (order by k.key)) as bound
         from k cross join (select greatest(1, ceil(count(*) * ${oneIn} / ${batchSize}.0))::int as batches from k) c group by c.batches) b`,
    ),
    ...(matching === undefined
      ? []
      : [
          line(
            'large',
            ['x.key', 'x.n', 'x.s', 'x.id', 'x.step', 'x.said'],
            `from (select k.*, l.n, row_number() over (partition by k.key order by k.s, k.id collate "C") as place
               from k join (select g.key, g.n from g where g.n > 1 order by g.n desc, g.key limit ${MOST_GROUPS + matching.accepted.length}) l using (key)) x where x.place <= ${MOST_ROWS}`,
          ),
          line(
            'sent',
            ['x.key', 'null', 'x.s', 'x.id', 'x.step', 'x.said', 'x.vals'],
            // Counted beside the rows: of the groups the planner expects next to none, and would go through all rows for each of them.
            `from (select k.* from (select k.*, count(*) over (partition by k.key) as n from k where uuid_hash(k.key) & ${sentOneIn - 1} = 0) k where k.n between 2 and 100 order by k.key limit ${MOST_SENT_ROWS}) x`,
          ),
        ]),
  ];
  return `${before === '' ? 'with' : `${before},`} k as materialized (${rows.join(' union all ')}),
    g as materialized (select k.key, count(*) as n, bit_or(1 << k.s) as bits${vetoes === null ? '' : ', count(distinct k.veto) as vetoes'} from k group by k.key)
    select * from (${parts.join('\nunion all\n')}) x order by x.what, x.a, x.c, x.d`;
}

const ABC = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;

/** Of each row of a source what is kept of it. */
function keptRows(
  { matching }: Phase,
  one: KeyedSource,
  at: number,
  { oneIn, sentOneIn }: { readonly oneIn: number; readonly sentOneIn: number },
): string {
  const steps = matching?.ladders[at] ?? [];
  // Each step is worked out only where those before it gave no key.
  const laterals = steps.map(({ key }, step) => {
    const earlier = steps.slice(0, step).map((_, index) => `k${index}.k is null`);
    const value = earlier.length === 0 ? key : `case when ${earlier.join(' and ')} then ${key} end`;
    return ` cross join lateral (select ${value} as k offset 0) k${step}`;
  });
  const key = steps.length === 0 ? one.key : `coalesce(${steps.map((_, step) => `k${step}.k`).join(', ')})`;
  const step = cases(steps.map((_, index) => String(index)));
  const said = cases(steps.map(({ said: text }) => (text === null ? 'null' : `left(${text}, 100)`)));
  const gaps = steps.slice(0, -1).map(({ gap }) => gap);
  const columns = givingColumns(one.source).map(({ name }) => `r.${ident(name)}`);
  const values = `row(${columns.join(', ')})`;
  const sent =
    matching === undefined || columns.length === 0
      ? 'null'
      : `case when uuid_hash(kk.key) & ${sentOneIn - 1} = 0 and pg_column_size(${values}) <= ${LARGEST_ROW} then encode(record_send(${values}), 'hex') end`;
  return `select ${at} as s, kk.key, ${step}::int as step, ${said}::text as said, ${gaps.length === 0 ? `''` : gaps.join(` || ',' || `)} as gaps,
      ${matching?.vetoes?.[at] ?? 'null'}::text as veto, ${one.orphan} as orphan, ${matching === undefined ? 'null' : `(${matching.identities[at]})`}::text as id, ${sent} as vals
    from ${fromClause(one)}${laterals.join('')} cross join lateral (select ${key} as key offset 0) kk${oneIn === 1 ? '' : ` where uuid_hash(kk.key) & ${oneIn - 1} = 0`}`;
}

/** A value by the step that gave the key. */
function cases(values: readonly string[]): string {
  if (values.length === 0) return 'null';
  return `case ${values.map((value, step) => `when k${step}.k is not null then ${value}`).join(' ')} end`;
}

function sizeClass(at: number): { readonly from: number; readonly to: number | null } {
  return { from: at === 0 ? 1 : (SIZES[at - 1] as number) + 1, to: SIZES[at] ?? null };
}
