import type { ExplainedColumn, ExplainedThing, ExplainReport, GivenValue } from '../../reports/explain.js';
import { byId, h } from './dom.js';
import { visible } from './words.js';

interface Failed {
  readonly error: { readonly message: string; readonly next: string };
}

/** Answers what is asked in the form: what one row is made of. */
export function answerQuestions(): void {
  const form = byId('explain-form') as HTMLFormElement;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void answer(String(new FormData(form).get('key') ?? ''));
  });
}

async function answer(key: string): Promise<void> {
  const place = byId('explained');
  place.replaceChildren(h('p', { class: 'muted' }, 'Looking …'));
  try {
    const response = await fetch(`/explain?key=${encodeURIComponent(key)}`);
    if (response.status === 401) return location.reload();
    const isDocument = response.headers.get('content-type')?.startsWith('application/json') === true;
    if (!isDocument) return place.replaceChildren(h('p', {}, await response.text()));
    const document = (await response.json()) as ExplainReport | Failed;
    place.replaceChildren(...('error' in document ? failed(document) : story(document)));
  } catch {
    place.replaceChildren(h('p', {}, 'The monitor did not answer.'));
  }
}

function failed({ error }: Failed): Node[] {
  return [h('p', {}, `✖ ${visible(error.message)}`), h('p', { class: 'muted' }, visible(error.next))];
}

function story({ phase, state, key, things, moreRows }: ExplainReport): Node[] {
  return [
    h('p', { class: 'muted' }, `Phase ${visible(phase)}, ${state}; match key ${key}`),
    ...things.flatMap(thingSection),
    ...(moreRows === 0 ? [] : [h('p', { class: 'muted' }, `${moreRows} more rows are not listed.`)]),
  ];
}

const STORED = {
  same: 'stored as it is',
  differs: 'stored otherwise: a sync applies it',
  missing: 'not stored yet',
} as const;

function thingSection({ id, rows, columns, stored }: ExplainedThing): Node[] {
  const list = rows.map(({ table, row, step, value, outcome, asked }) => {
    const why = step === null ? '' : `, joined by ${step}${value === null ? '' : ` “${value}”`}`;
    return h(
      'li',
      {},
      visible(
        `${asked ? '→ ' : ''}${table}:${row} ${outcome === 'counts' ? 'counts' : 'is a duplicate, kept whole'}${why}`,
      ),
    );
  });
  const kept = rows.flatMap(({ table, row, residue }) =>
    Object.entries(residue).map(([column, value]) =>
      h('li', {}, visible(`${table}:${row}.${column} = ${value ?? 'null'}`)),
    ),
  );
  return [
    h('h3', {}, `${id} (${stored === null ? 'not loaded' : STORED[stored]})`),
    h('ul', { class: 'plain' }, ...list),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...['column', 'value', 'from', 'lost'].map((title) => h('th', { scope: 'col' }, title)),
          ),
        ),
        h('tbody', {}, ...columns.map(columnRow)),
      ),
    ),
    ...(kept.length === 0 ? [] : [h('h4', {}, 'In the residue'), h('ul', { class: 'plain' }, ...kept)]),
  ];
}

function columnRow({ column, value, from, lost }: ExplainedColumn): Node {
  const cells = [
    value ?? 'null',
    from === null ? '' : place(from),
    lost.map((one) => `“${one.value}” of ${place(one)}`).join('; '),
  ];
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, visible(column)),
    ...cells.map((text) => h('td', {}, visible(text))),
  );
}

const place = ({ table, row, column }: GivenValue) => `${table}:${row}.${column}`;
