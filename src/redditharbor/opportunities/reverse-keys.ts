import { asUuid, rawText } from '../../keys/raw-id.js';
import type { BoundSource } from '../../mapping/bind.js';
import { refuse } from '../../mapping/reverse.js';
import { bareId } from '../bare-id.js';
import type { ReverseLookups } from './reverse-lookups.js';
import { type Place, type Places, placeOf } from './reverse-places.js';

export const OLD_NAMES = 'Write it through the old name, where the legacy table decides.';

/**
 * What `keys` and `rows` of the reverse rules have in common. `v_named`: what names the submission is new or another;
 * `v_retitled`: what a title is made of may be another, and the title was left as it was.
 */
export const KEY_VARIABLES =
  'v_found uuid; v_known uuid; v_rid text; v_title text; v_key text; v_named boolean; v_retitled boolean; v_alone record;';

const assigned = (place: Place, value: string) => [`${place.now} := ${value};`];
const uuidOf = ({ now, kind }: Place) => asUuid(now, kind);
const changed = ({ now, before }: Place) => `${now}::text is distinct from ${before}::text`;

/** plpgsql that gives a new row its keys. */
export function insertedKeys(
  { opportunities, pointer, redditKey }: Places,
  lookups: ReverseLookups,
): string[] {
  return [
    'v_named := true;',
    ...(opportunities === undefined
      ? [
          refuse(
            'no_opportunities',
            'There is no legacy table opportunities that could hold a new row.',
            OLD_NAMES,
          ),
        ]
      : []),
    'new.id := coalesce(new.id, gen_random_uuid());',
    'new.from_opportunities := coalesce(new.from_opportunities, true);',
    'if not new.from_opportunities then',
    refuse(
      'id',
      'A new opportunity without a row of its own in opportunities would get another id.',
      `Leave from_opportunities out. ${OLD_NAMES}`,
    ),
    'end if;',
    ...(pointer === undefined
      ? redditIdOf(redditKey, lookups)
      : [
          `new.submission_id := coalesce(new.submission_id, ${uuidOf(pointer)});`,
          ...assigned(pointer, `coalesce(${pointer.now}, new.submission_id${castTo(pointer)})`),
          `if ${uuidOf(pointer)} is distinct from new.submission_id then`,
          refuse(
            'submission',
            `submission_id and ${pointer.name} name two submissions.`,
            'Leave one of them out.',
          ),
          'end if;',
        ]),
  ];
}

/** A table that names its submissions by Reddit's id alone. */
function redditIdOf(redditKey: Place | undefined, lookups: ReverseLookups): string[] {
  if (redditKey === undefined) return [];
  const named = `(select s.rid from ${lookups.submission('new.submission_id')})`;
  return assigned(redditKey, `coalesce(${redditKey.now}, 'opp_' || ${named})`);
}

const castTo = ({ kind }: Place) => (kind === 'uuid' ? '' : '::text');

/** plpgsql that keeps the keys of a changed row together: what names its submission in one column does so in the others. */
export function updatedKeys(places: Places): string[] {
  const { pointer, redditKey } = places;
  return [
    'v_named := false;',
    'if new.id <> old.id then',
    refuse(
      'id',
      'The id of an opportunity is the id of its legacy row, which other tables name.',
      'Leave it as it is.',
    ),
    'end if;',
    ...(pointer === undefined
      ? []
      : [
          `if ${changed(pointer)} and new.submission_id is not distinct from old.submission_id then`,
          `new.submission_id := ${uuidOf(pointer)}; end if;`,
        ]),
    'new.merge_key := old.merge_key;',
    'if new.submission_id is distinct from old.submission_id then',
    'v_named := true;',
    ...(pointer === undefined
      ? []
      : [`if new.from_opportunities then ${pointer.now} := new.submission_id${castTo(pointer)}; end if;`]),
    `if new.submission_id is null and (new.from_app_opportunities or new.from_workflow_results${redditKey === undefined ? '' : ` or ${redditKey.now} is not null`}) then`,
    refuse(
      'submission',
      'Other legacy rows of this opportunity name the submission by its Reddit id.',
      OLD_NAMES,
    ),
    'end if;',
    ...(redditKey === undefined ? [] : [`elsif ${changed(redditKey)} then v_named := true;`]),
    'end if;',
    ...becomesOpportunity(places),
  ];
}

/** A row that becomes one of `opportunities` names what its other legacy rows name. */
function becomesOpportunity({ pointer, redditKey, appKey, workflowKey }: Places): string[] {
  const raw = bareIdsOf([appKey, workflowKey]);
  return [
    'if new.from_opportunities and not old.from_opportunities then',
    'v_named := true;',
    ...(pointer === undefined
      ? []
      : assigned(pointer, `coalesce(${pointer.now}, new.submission_id${castTo(pointer)})`)),
    ...(redditKey === undefined || raw.length === 0
      ? []
      : [
          `if new.submission_id is null then ${redditKey.now} := coalesce(${redditKey.now}, 'opp_' || coalesce(${raw.join(', ')})); end if;`,
        ]),
    'end if;',
  ];
}

const bareIdsOf = (places: readonly (Place | undefined)[]) =>
  places.flatMap((place) =>
    place === undefined || place.kind === 'uuid' ? [] : [bareId(rawText(place.now))],
  );

/**
 * plpgsql that looks up which key a merge will give to the row, and how its submission is called. Where nothing changed that
 * names the submission, the key stays what it was, whatever became of `submissions` since: that is for the next sync.
 *
 * @param hasForeignKey whether it refuses a submission that is not there
 */
export function resolvedKeys(places: Places, lookups: ReverseLookups, hasForeignKey: boolean): string[] {
  const { opportunities, pointer, redditKey, appKey, workflowKey } = places;
  const names = [
    'v_rid',
    'new.submission_id::text',
    ...(pointer === undefined ? [] : [`${uuidOf(pointer)}::text`]),
    ...bareIdsOf([redditKey, appKey, workflowKey]),
    'new.id::text',
  ];
  return [
    `v_retitled := tg_op = 'UPDATE' and new.title is not distinct from old.title and (v_named or new.app_name is distinct from old.app_name or new.problem_statement is distinct from old.problem_statement);`,
    ...(opportunities === undefined
      ? ['if false then']
      : [
          'if new.from_opportunities and (v_named or v_retitled or new.title is null or new.title is distinct from old.title) then',
          `select k.* into v_found, v_known, v_rid, v_title from ${lookups.opportunity(opportunities, pointer === undefined ? 'null::uuid' : uuidOf(pointer), redditKey === undefined ? 'null::text' : rawText(redditKey.now), 'new.id')};`,
          'if v_named then',
          'new.merge_key := v_found;',
          hasForeignKey
            ? `if v_known is not null or tg_op = 'UPDATE' and new.submission_id is not distinct from old.submission_id then new.submission_id := v_known; end if;`
            : 'new.submission_id := v_known;',
          'end if;',
        ]),
    'elsif new.submission_id is not null then',
    `select case when s.known then new.submission_id end, s.rid, s.title into v_known, v_rid, v_title from ${lookups.submission('new.submission_id')};`,
    'end if;',
    `v_key := coalesce(${names.join(', ')});`,
  ];
}

/** plpgsql that refuses what would part the legacy rows of the row: all of them have to name one and the same submission. */
export function togetherKeys(places: Places, lookups: ReverseLookups): string[] {
  const { app, workflow, appKey, workflowKey, namesOpportunity } = places;
  const apart = (place: Place, what: string) =>
    refuse(
      'submission',
      `With this value for ${place.now.replace('new.', '').replaceAll('"', '')} the legacy rows of the opportunity would be parted: ${what}.`,
      `Change submission_id, which takes all of them along. ${OLD_NAMES}`,
    );
  const byRawId = (source: BoundSource | undefined, place: Place | undefined) =>
    source === undefined || place === undefined
      ? []
      : [
          `if new.${source.rule.flag ?? ''} and (v_named or ${changed(place)}) then`,
          `v_found := ${lookups.rawKey(source, place.name, rawText(place.now), idOf(source))};`,
          'if v_named and not new.from_opportunities then',
          'new.merge_key := v_found;',
          'if v_known is not null then new.submission_id := v_found; end if;',
          'elsif v_found is distinct from new.merge_key then',
          apart(place, 'it names another submission'),
          'end if; end if;',
        ];
  return [
    ...byRawId(app, appKey),
    ...(namesOpportunity
      ? workflowKey === undefined
        ? []
        : [
            `if new.from_workflow_results and ${changed(workflowKey)} and ${workflowKey.now}::text is distinct from new.id::text then`,
            apart(workflowKey, 'it names another opportunity'),
            'end if;',
          ]
      : byRawId(workflow, workflowKey)),
  ];
}

/** The id of the source's row in the unified row, for one that names nothing else. */
function idOf(source: BoundSource): string {
  const place = placeOf(source, 'id');
  return place === undefined || place.kind !== 'uuid' ? 'null::uuid' : place.now;
}
