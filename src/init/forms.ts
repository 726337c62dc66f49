import type { ColumnType } from '../legacy/catalog.js';
import { holdsOf } from '../types/builtin.js';
import { conceptsOf } from './concepts.js';
import { wordsOf } from './names.js';

/** What the values of a column look like, whatever type they are stored in. */
export type Form =
  | 'email'
  | 'phone'
  | 'uuid'
  | 'whole'
  | 'decimal'
  | 'boolean'
  | 'moment'
  | 'json'
  | 'code'
  | 'text'
  | 'other';

/** Words for yes and no, by what they mean; `1` and `0` only where a column has no other number. */
export const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ...'t true y yes 1 on ja j si oui x'.split(' ').map((word) => [word, true] as const),
  ...'f false n no 0 off nein non'.split(' ').map((word) => [word, false] as const),
]);

const MOMENT = /^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** Texts that have a form when so large a share of them has it; the first that fits counts. */
const TEXT_FORMS: readonly (readonly [form: Form, share: number, test: RegExp])[] = [
  ['email', 0.7, /^[^@\s]+@[^@\s]+$/],
  ['uuid', 0.8, /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i],
  ['moment', 0.95, MOMENT],
  ['whole', 0.95, /^[+-]?\d{1,18}$/],
  ['decimal', 0.95, /^[+-]?\d+(?:\.\d+)?$/],
  ['phone', 0.8, /^(?=(?:.*\d){6})[+(]?[\d\s()/.-]{5,30}$/],
  ['json', 0.8, /^[[{].*[\]}]$/s],
  ['code', 0.95, /^\S{1,80}$/],
];

/** The form of a column, by its type, its name and some of its values, which are neither null nor blank. */
export function formOf(type: ColumnType, name: string, values: readonly string[]): Form {
  if (type.isArray) return 'other';
  const byType = formOfType(type);
  if (byType !== null && byType !== 'text') return byType;
  if (byType === null) return 'other';
  if (values.length === 0) return 'text';
  const isTruth = values.every((value) => TRUTHS.has(value.trim().toLowerCase()));
  if (isTruth && new Set(values.map((value) => value.trim().toLowerCase())).size > 1) return 'boolean';
  const meansPhone = wordsOf(name).some((word) => conceptsOf(word).includes('phone'));
  if (meansPhone && share(values, /(?:.*\d){5}/) > 0.3) return 'phone';
  return TEXT_FORMS.find(([, least, test]) => share(values, test) >= least)?.[0] ?? 'text';
}

function share(values: readonly string[], test: RegExp): number {
  return values.filter((value) => test.test(value.trim())).length / values.length;
}

function formOfType(type: ColumnType): Form | null {
  if (type.category === 'E' || type.category === 'S') return 'text';
  switch (type.kind) {
    case 'uuid':
      return 'uuid';
    case 'bool':
      return 'boolean';
    case 'int2':
    case 'int4':
    case 'int8':
      return 'whole';
    default:
      break;
  }
  switch (holdsOf(type.kind)) {
    case 'number':
      return 'decimal';
    case 'moment':
      return 'moment';
    case 'json':
      return 'json';
    case 'text':
      return 'text';
    case 'other':
      return null;
  }
}

/** Whether two columns may hold the same values. */
export function mayMeet(a: Form, b: Form): boolean {
  if (a === b) return true;
  const family = (form: Form) =>
    ['text', 'code', 'email', 'phone', 'uuid', 'whole'].includes(form) ? 'printed' : form;
  if (family(a) === 'printed' && family(b) === 'printed') return true;
  const pair = [a, b].sort().join(' ');
  return [
    'decimal whole',
    'moment whole',
    'boolean whole',
    'boolean code',
    'moment text',
    'code json',
    'json text',
  ].includes(pair);
}
