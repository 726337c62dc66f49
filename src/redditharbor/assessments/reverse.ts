import { ident, qualified } from '../../db/identifier.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import type { BoundPhase } from '../../mapping/bind.js';
import { type ReverseRules, refuse } from '../../mapping/reverse.js';
import { ownTarget } from '../../mapping/tables.js';
import { timeColumns } from '../../transform/standing.js';
import { assessmentsMapping } from './mapping.js';

const OLD_NAMES = 'Write it through the old names, where the legacy tables decide.';

/** How direct writes to `opportunity_assessments` become rows of `opportunity_scores`. */
export function reverseAssessments(legacy: LegacyDatabase, bound: BoundPhase): ReverseRules {
  const folded = qualified(legacy.schema, assessmentsMapping.folded);
  const scores = bound.sources.find(({ rule }) => rule.table === 'opportunity_scores');
  const place = (name: string) => {
    const found = scores?.columns.find((column) => column.name === name && column.home.kind === 'own');
    return found === undefined ? undefined : `new.${ident(ownTarget(found))}`;
  };
  const opportunity = place('opportunity_id') ?? 'null';
  const version = place('score_version');
  const updated = place('updated_at');
  const created =
    scores === undefined
      ? []
      : timeColumns(scores.table, ['created_at', 'score_date']).flatMap((name) => place(name) ?? []);
  const records = `exists (select from ${folded} f where f.merge_key = old.merge_key)`;
  return {
    lookups: [],
    declare: '',
    keys: [
      ...(scores === undefined
        ? [
            `if tg_op = 'INSERT' then ${refuse('no_scores', 'There is no legacy table opportunity_scores that could hold a new row.', OLD_NAMES)} end if;`,
          ]
        : []),
      `if tg_op = 'INSERT' then`,
      'new.id := coalesce(new.id, gen_random_uuid());',
      'new.from_opportunity_scores := coalesce(new.from_opportunity_scores, true);',
      'if not new.from_opportunity_scores then',
      refuse(
        'id',
        'A new assessment without a score of its own would get another id.',
        `Leave from_opportunity_scores out. ${OLD_NAMES}`,
      ),
      'end if;',
      `new.opportunity_id := coalesce(new.opportunity_id, ${opportunity});`,
      'new.merge_key := coalesce(new.opportunity_id, new.id);',
      'new.validation_count := 0; new.component_count := 0;',
      `new.assessment_method := 'SCORED';`,
      'else',
      'if new.id <> old.id or new.opportunity_id is distinct from old.opportunity_id then',
      refuse(
        'id',
        'An assessment keeps its id and its opportunity: its legacy rows name them.',
        `Make a new one for another opportunity. ${OLD_NAMES}`,
      ),
      'end if;',
      'if new.from_opportunity_scores is distinct from old.from_opportunity_scores then',
      refuse('flag', 'Whether an assessment has a score follows from the legacy tables.', OLD_NAMES),
      'end if;',
      'new.merge_key := old.merge_key;',
      'end if;',
    ].join('\n'),
    rows: [
      `if tg_op = 'INSERT' then`,
      'new.created_at := coalesce(new.created_at, now());',
      ...(opportunity === 'null' ? [] : [`${opportunity} := coalesce(${opportunity}, new.opportunity_id);`]),
      ...created.map((time) => `${time} := coalesce(${time}, new.created_at);`),
      ...(version === undefined ? [] : [`${version} := coalesce(${version}, new.assessment_version);`]),
      ...(updated === undefined
        ? []
        : [`${updated} := coalesce(${updated}, new.updated_at, new.created_at);`]),
      'else',
      'if new.created_at is distinct from old.created_at then',
      refuse(
        'created_at',
        'created_at is the earliest time in the legacy rows of an assessment.',
        'Leave it as it is.',
      ),
      'end if;',
      'if new.assessment_version is distinct from old.assessment_version then',
      ...(version === undefined
        ? [refuse('assessment_version', 'The legacy scores have no versions.', 'Leave it as it is.')]
        : [
            `if ${records} then`,
            refuse(
              'assessment_version',
              'Which score is the current one follows from the versions of all of them.',
              OLD_NAMES,
            ),
            'end if;',
            `${version} := new.assessment_version;`,
          ]),
      'end if;',
      ...(updated === undefined
        ? []
        : [`if new.updated_at is distinct from old.updated_at then ${updated} := new.updated_at; end if;`]),
      'end if;',
    ].join('\n'),
    fallbacks: {},
    notice: null,
    computed: [
      'validation_types',
      'validation_evidence',
      'validation_confidence',
      'validation_count',
      'score_breakdown',
      'component_count',
      'assessment_method',
    ],
    telling: {},
    taken: refuse(
      'opportunity',
      'This opportunity has an assessment already.',
      `Update that one. ${OLD_NAMES}`,
      'unique_violation',
    ),
  };
}
