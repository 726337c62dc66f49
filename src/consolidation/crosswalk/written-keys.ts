import { ident, literal } from '../../db/identifier.js';
import { asUuid, rawText } from '../../keys/raw-id.js';
import type { BoundSource } from '../../mapping/bind.js';
import { refuse } from '../../mapping/reverse.js';
import type { CrosswalkLookups } from './lookups.js';
import { type OtherPlace, type Place, type Places, placeOf } from './places.js';
import type { Spellings } from './spellings.js';

export const OLD_NAMES = 'Write it through the old name, where the legacy table decides.';

/** What the rules of direct writes to one unified table have in common. */
export interface Writing {
  readonly places: Places;
  readonly lookups: CrosswalkLookups;
  readonly spellings: Spellings;
  /** The unified column that names the row of the crosswalk, and its constraint's name in refusals. */
  readonly reference: string;
  readonly rule: string;
  /** What a unified row and one of the crosswalk are called in messages. */
  readonly thing: string;
  readonly crossed: string;
  /** Shared columns that the crosswalk may give a value. */
  readonly remade: readonly Remade[];
  /** Whether a foreign key refuses a row of the crosswalk that is not there. */
  readonly hasForeignKey: boolean;
}

/** A shared column with a fallback to the crosswalk: a variable says whether it may be another one, and was left as it was. */
export interface Remade {
  readonly column: string;
  readonly variable: string;
  /** SQL over `new` of its fallback. */
  readonly value: string;
  /** The shared columns that its fallback is made of. */
  readonly madeOf: readonly string[];
}

export const an = (thing: string) => `${/^[aeiou]/i.test(thing) ? 'an' : 'a'} ${thing}`;

/** The variable that holds a text of the crosswalk. */
export const textVariable = (column: string) => ident(`v_${column}`);

/**
 * What `keys` and `rows` of the reverse rules have in common. `v_named`: what names the row of the crosswalk is new or another.
 */
export function keyVariables({ lookups, remade }: Writing): string {
  return [
    'v_found uuid; v_known uuid; v_rid text; v_key text; v_named boolean; v_alone record;',
    ...lookups.texts.map((name) => `${textVariable(name)} text;`),
    ...remade.map(({ variable }) => `${variable} boolean;`),
  ].join(' ');
}

const assigned = (place: Place, value: string) => [`${place.now} := ${value};`];
const uuidOf = ({ now, kind }: Place) => asUuid(now, kind);
const changed = ({ now, before }: Place) => `${now}::text is distinct from ${before}::text`;
const castTo = ({ kind }: Place) => (kind === 'uuid' ? '' : '::text');

/** plpgsql that gives a new row its keys. */
export function insertedKeys(writing: Writing): string[] {
  const { places, thing, crossed, rule } = writing;
  const { lead, model, flag, pointer } = places;
  const reference = `new.${ident(writing.reference)}`;
  return [
    'v_named := true;',
    ...(lead === undefined
      ? [
          refuse(
            `no_${model.table}`,
            `There is no legacy table ${model.table} that could hold a new row.`,
            OLD_NAMES,
          ),
        ]
      : []),
    'new.id := coalesce(new.id, gen_random_uuid());',
    `new.${flag} := coalesce(new.${flag}, true);`,
    `if not new.${flag} then`,
    refuse(
      'id',
      `A new ${thing} without a row of its own in ${model.table} would get another id.`,
      `Leave ${model.flag} out. ${OLD_NAMES}`,
    ),
    'end if;',
    ...(pointer === undefined
      ? aliasOf(writing)
      : [
          `${reference} := coalesce(${reference}, ${uuidOf(pointer)});`,
          ...assigned(pointer, `coalesce(${pointer.now}, ${reference}${castTo(pointer)})`),
          `if ${uuidOf(pointer)} is distinct from ${reference} then`,
          refuse(
            rule,
            `${writing.reference} and ${pointer.name} name two ${crossed}s.`,
            'Leave one of them out.',
          ),
          'end if;',
        ]),
  ];
}

/** A table that names rows of the crosswalk by their alias alone. */
function aliasOf({ places: { alias }, lookups, reference }: Writing): string[] {
  if (alias === undefined) return [];
  const named = `(select s.rid from ${lookups.row(`new.${ident(reference)}`)})`;
  return assigned(alias, `coalesce(${alias.now}, ${literal(alias.written)} || ${named})`);
}

/** plpgsql that keeps the keys of a changed row together: what names its row of the crosswalk in one column does so in the others. */
export function updatedKeys(writing: Writing): string[] {
  const { places, thing, crossed, rule } = writing;
  const { pointer, alias, flag, otherFlags } = places;
  const reference = `new.${ident(writing.reference)}`;
  const before = `old.${ident(writing.reference)}`;
  const named = [
    ...otherFlags.map((name) => `new.${name}`),
    ...(alias === undefined ? [] : [`${alias.now} is not null`]),
  ];
  return [
    'v_named := false;',
    'if new.id <> old.id then',
    refuse(
      'id',
      `The id of ${an(thing)} is the id of its legacy row, which other tables name.`,
      'Leave it as it is.',
    ),
    'end if;',
    ...(pointer === undefined
      ? []
      : [
          `if ${changed(pointer)} and ${reference} is not distinct from ${before} then`,
          `${reference} := ${uuidOf(pointer)}; end if;`,
        ]),
    'new.merge_key := old.merge_key;',
    `if ${reference} is distinct from ${before} then`,
    'v_named := true;',
    ...(pointer === undefined
      ? []
      : [`if new.${flag} then ${pointer.now} := ${reference}${castTo(pointer)}; end if;`]),
    ...(named.length === 0
      ? []
      : [
          `if ${reference} is null and (${named.join(' or ')}) then`,
          refuse(rule, `Other legacy rows of this ${thing} name the ${crossed} in another way.`, OLD_NAMES),
          'end if;',
        ]),
    ...(alias === undefined ? [] : [`elsif ${changed(alias)} then v_named := true;`]),
    'end if;',
    ...becomesLead(writing),
  ];
}

/** A row that becomes one of the first source names what its other legacy rows name. */
function becomesLead(writing: Writing): string[] {
  const { pointer, alias, flag, others } = writing.places;
  const reference = `new.${ident(writing.reference)}`;
  const raw = bareIdsOf(
    writing,
    others.map(({ key }) => key),
  );
  return [
    `if new.${flag} and not old.${flag} then`,
    'v_named := true;',
    ...(pointer === undefined
      ? []
      : assigned(pointer, `coalesce(${pointer.now}, ${reference}${castTo(pointer)})`)),
    ...(alias === undefined || raw.length === 0
      ? []
      : [
          `if ${reference} is null then ${alias.now} := coalesce(${alias.now}, ${literal(alias.written)} || coalesce(${raw.join(', ')})); end if;`,
        ]),
    'end if;',
  ];
}

const bareIdsOf = ({ spellings }: Writing, places: readonly (Place | undefined)[]) =>
  places.flatMap((place) =>
    place === undefined || place.kind === 'uuid' ? [] : [spellings.bare(rawText(place.now))],
  );

/**
 * plpgsql that looks up which key a merge will give to the row, and how its row of the crosswalk is called. Where nothing changed
 * that names it, the key stays what it was, whatever became of the crosswalk since: that is for the next sync.
 */
export function resolvedKeys(writing: Writing): string[] {
  const { places, lookups, hasForeignKey, remade } = writing;
  const { lead, pointer, alias, flag, others } = places;
  const reference = `new.${ident(writing.reference)}`;
  const before = `old.${ident(writing.reference)}`;
  const texts = lookups.texts.map(textVariable);
  const into = (names: readonly string[]) => [...names, 'v_rid', ...texts].join(', ');
  const names = [
    'v_rid',
    `${reference}::text`,
    ...(pointer === undefined ? [] : [`${uuidOf(pointer)}::text`]),
    ...bareIdsOf(writing, [alias, ...others.map(({ key }) => key)]),
    'new.id::text',
  ];
  const isAnother = (column: string) => `new.${ident(column)} is distinct from old.${ident(column)}`;
  const asked = [
    'v_named',
    ...remade.flatMap(({ column, variable }) => [
      variable,
      `new.${ident(column)} is null`,
      isAnother(column),
    ]),
  ];
  return [
    ...remade.map(
      ({ column, variable, madeOf }) =>
        `${variable} := tg_op = 'UPDATE' and new.${ident(column)} is not distinct from old.${ident(column)} and (${['v_named', ...madeOf.map(isAnother)].join(' or ')});`,
    ),
    ...(lead === undefined
      ? ['if false then']
      : [
          `if new.${flag} and (${asked.join(' or ')}) then`,
          `select k.* into ${into(['v_found', 'v_known'])} from ${lookups.lead(lead, {
            pointer: pointer === undefined ? 'null::uuid' : uuidOf(pointer),
            raw: alias === undefined ? 'null::text' : rawText(alias.now),
            id: 'new.id',
          })};`,
          'if v_named then',
          'new.merge_key := v_found;',
          hasForeignKey
            ? `if v_known is not null or tg_op = 'UPDATE' and ${reference} is not distinct from ${before} then ${reference} := v_known; end if;`
            : `${reference} := v_known;`,
          'end if;',
        ]),
    `elsif ${reference} is not null then`,
    `select case when s.known then ${reference} end, s.rid${lookups.texts.map((name) => `, s.${ident(name)}`).join('')} into ${into(['v_known'])} from ${lookups.row(reference)};`,
    'end if;',
    `v_key := coalesce(${names.join(', ')});`,
  ];
}

/** plpgsql that refuses what would part the legacy rows of the row: all of them have to name one and the same row of the crosswalk. */
export function togetherKeys(writing: Writing): string[] {
  const { places, lookups, thing, crossed, rule } = writing;
  const reference = `new.${ident(writing.reference)}`;
  const becomesLead = `new.${places.flag} and not old.${places.flag}`;
  const apart = (place: Place, what: string) =>
    refuse(
      rule,
      `With this value for ${place.target} the legacy rows of the ${thing} would be parted: ${what}.`,
      `Change ${writing.reference}, which takes all of them along. ${OLD_NAMES}`,
    );
  const together = places.others.flatMap(({ source, flag, key, points }) => {
    if (key === undefined) return [];
    if (points)
      return [
        `if new.${flag} and (${changed(key)} or ${becomesLead}) and (not new.${places.flag} or ${key.now}::text is distinct from new.id::text) then`,
        apart(key, `it names another ${thing}`),
        'end if;',
      ];
    return [
      `if new.${flag} and (v_named or ${changed(key)}) then`,
      `v_found := ${lookups.rawKey(source, key.name, { raw: rawText(key.now), id: ownIdOf(source) })};`,
      `if v_named and not new.${places.flag} then`,
      'new.merge_key := v_found;',
      `if v_known is not null then ${reference} := v_found; end if;`,
      'elsif v_found is distinct from new.merge_key then',
      apart(key, `it names another ${crossed}`),
      'end if; end if;',
    ];
  });
  return [...together, ...keptIdOfKey(writing)];
}

/** plpgsql: without a row of the first source the id is made of the key, and would be another one with it. */
function keptIdOfKey({ places: { flag, model, others }, thing }: Writing): string[] {
  const anew = others.flatMap((other) =>
    other.key === undefined || other.points ? [`new.${other.flag} and ${isKeyedAnew(other)}`] : [],
  );
  const another = [`old.${flag}`, 'new.merge_key is distinct from old.merge_key', ...anew];
  return [
    `if tg_op = 'UPDATE' and not new.${flag} and (${another.join(' or ')}) then`,
    refuse(
      'id',
      `Without a row of ${model.table} the id of ${an(thing)} is made of its key, and would be another one.`,
      OLD_NAMES,
    ),
    'end if;',
  ];
}

/** SQL: whether a row that names nothing has another key: that is its id where this is a uuid, and made of the whole row elsewhere. */
function isKeyedAnew({ source, key }: OtherPlace): string {
  const own = placeOf(source, source.rule.identity[0] ?? 'id');
  const isAnother =
    own?.kind === 'uuid' ? `(${own.now} is null or ${own.now} is distinct from ${own.before})` : 'true';
  return key === undefined ? isAnother : `${uuidOf(key)} is null and ${isAnother}`;
}

/** The id of the source's row in the unified row, for one that names nothing else. */
function ownIdOf(source: BoundSource): string {
  const place = placeOf(source, source.rule.identity[0] ?? 'id');
  return place === undefined || place.kind !== 'uuid' ? 'null::uuid' : place.now;
}
