import { ident, literal } from '../../db/identifier.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import type { BoundPhase } from '../../mapping/bind.js';
import { fromUnified } from '../../mapping/restore.js';
import { type ReverseRules, refuse } from '../../mapping/reverse.js';
import { timeColumns } from '../../transform/standing.js';
import { CREATED } from './keys.js';
import {
  insertedKeys,
  KEY_VARIABLES,
  OLD_NAMES,
  resolvedKeys,
  togetherKeys,
  updatedKeys,
} from './reverse-keys.js';
import { type ReverseLookups, reverseLookups } from './reverse-lookups.js';
import { placeOf, placesOfKeys } from './reverse-places.js';
import { OTHERWISE, unifiedStatusSql } from './statuses.js';
import { titleSql } from './title.js';

/**
 * How direct writes to `opportunities_unified` become rows of the three legacy tables.
 *
 * @param hasForeignKey whether the unified table has one to `submissions`
 */
export function reverseOpportunities(
  legacy: LegacyDatabase,
  bound: BoundPhase,
  hasForeignKey: boolean,
): ReverseRules {
  const places = placesOfKeys(bound);
  const lookups = reverseLookups(legacy);
  const { opportunities, workflow, redditKey, appKey, workflowKey, namesOpportunity } = places;
  const workflowStatus = placeOf(workflow, 'status');
  const scores = ['final_score', 'opportunity_assessment_score'].flatMap(
    (name) => placeOf(workflow, name) ?? [],
  );
  const otherwise = literal(OTHERWISE);
  const has = (flag: string) => bound.sources.some(({ rule }) => rule.flag === flag);

  const createdIn = bound.sources.flatMap((of) =>
    timeColumns(of.table, CREATED).flatMap((name) => {
      const place = placeOf(of, name);
      return place === undefined ? [] : [{ flag: of.rule.flag ?? '', value: place.now, kind: place.kind }];
    }),
  );
  const moment = ({ value, kind }: { value: string; kind: string }) =>
    kind === 'timestamptz' ? value : `(${value} at time zone 'UTC')`;
  const earliest =
    createdIn.length === 0
      ? 'null::timestamptz'
      : `least(${createdIn.map((time) => `case when new.${time.flag} then ${moment(time)} end`).join(', ')})`;
  const setCreated = (only: (flag: string) => boolean) =>
    createdIn
      .filter(({ flag }) => only(flag))
      .map(({ flag, value, kind }) => {
        const wanted = kind === 'timestamptz' ? 'new.created_at' : `(new.created_at at time zone 'UTC')`;
        return { flag, value, wanted };
      });
  const updatedAt = placeOf(opportunities, 'updated_at')?.now;
  const isFlag = (flag: string) => flag === 'from_opportunities';

  const flags = [
    ...(has('from_app_opportunities')
      ? []
      : ['new.from_app_opportunities := coalesce(new.from_app_opportunities, false);']),
    ...(has('from_workflow_results')
      ? []
      : ['new.from_workflow_results := coalesce(new.from_workflow_results, false);']),
  ];
  const fromWorkflow = (value: string, otherwise: string) =>
    workflow === undefined
      ? otherwise
      : `case when new.from_workflow_results then ${value} else ${otherwise} end`;

  const status =
    workflowStatus === undefined ? otherwise : fromWorkflow(unifiedStatusSql(workflowStatus.now), otherwise);
  const title = titleSql('v_title', ['new.app_name'], problems(bound));
  return {
    declare: KEY_VARIABLES,
    keys: [
      ...untouched(lookups, bound),
      ...flags,
      `if tg_op = 'INSERT' then`,
      ...insertedKeys(places, lookups),
      'else',
      ...updatedKeys(places),
      'end if;',
      ...resolvedKeys(places, lookups, hasForeignKey),
      `if new.title is null then new.title := ${title}; end if;`,
    ].join('\n'),
    rows: [
      ...(appKey === undefined
        ? []
        : [`if new.from_app_opportunities then ${appKey.now} := coalesce(${appKey.now}, v_key); end if;`]),
      ...(workflowKey === undefined
        ? []
        : [
            `if new.from_workflow_results then ${workflowKey.now} := coalesce(${workflowKey.now}, ${namesOpportunity ? 'new.id' : `'opp_' || v_key`}); end if;`,
          ]),
      `if tg_op = 'UPDATE' and v_named and new.submission_id is distinct from old.submission_id and new.submission_id is not null then`,
      'null;',
      ...(appKey === undefined ? [] : [`if new.from_app_opportunities then ${appKey.now} := v_key; end if;`]),
      ...(workflowKey === undefined || namesOpportunity
        ? []
        : [`if new.from_workflow_results then ${workflowKey.now} := 'opp_' || v_key; end if;`]),
      ...(redditKey === undefined
        ? []
        : [`if ${redditKey.now} is not null then ${redditKey.now} := 'opp_' || v_key; end if;`]),
      'end if;',
      ...togetherKeys(places, lookups),
      `if tg_op = 'INSERT' then`,
      'new.created_at := coalesce(new.created_at, now());',
      ...setCreated(() => true).map(
        ({ flag, value, wanted }) => `if new.${flag} then ${value} := coalesce(${value}, ${wanted}); end if;`,
      ),
      ...(updatedAt === undefined
        ? []
        : [`${updatedAt} := coalesce(${updatedAt}, new.updated_at, new.created_at);`]),
      'new.updated_at := coalesce(new.updated_at, new.created_at);',
      'elsif new.created_at is distinct from old.created_at then',
      ...setCreated(isFlag).map(
        ({ flag, value, wanted }) => `if new.${flag} then ${value} := ${wanted}; end if;`,
      ),
      'end if;',
      `if (tg_op = 'INSERT' or new.created_at is distinct from old.created_at) and new.created_at is distinct from ${earliest} then`,
      refuse(
        'created_at',
        'created_at is the earliest time in the legacy rows of an opportunity, and would not be this.',
        'Leave it as it is.',
      ),
      'end if;',
      ...(updatedAt === undefined
        ? []
        : [
            `if tg_op = 'UPDATE' and new.from_opportunities and new.updated_at is distinct from old.updated_at then ${updatedAt} := new.updated_at; end if;`,
          ]),
      `new.status := coalesce(new.status, ${status});`,
    ].join('\n'),
    fallbacks: {
      title: { value: title, follows: 'v_retitled' },
      status: {
        value: status,
        follows: 'true',
      },
      ...(scores.length === 0
        ? {}
        : // What the workflow's score becomes is not worked out here: no value that is written counts as that one.
          {
            opportunity_score: {
              value: fromWorkflow(
                `coalesce(${scores.map((score) => `case when ${score.now} is not null then -1 end`).join(', ')})`,
                'null',
              ),
              follows: null,
            },
          }),
    },
    notice:
      'What is written to it directly reaches the legacy tables. Until it is completed, a second opportunity of a submission ' +
      'is refused there, and taken under the old name: what is one idea and what are two is decided when rows are merged.',
    computed: [],
    telling: { opportunities: ['title', 'app_name', 'problem_statement'] },
    taken: refuse(
      'submission',
      'This submission has an opportunity already.',
      `Update that one. For a second idea of one submission: ${OLD_NAMES}`,
      'unique_violation',
    ),
    // Last: what is asked for is known when all of it was.
    lookups: lookups.all,
  };
}

/** What the sources say of the problem, as far as it is not the golden one: an update of the title alone leaves it as it is. */
function problems(bound: BoundPhase): string[] {
  const others = bound.sources.flatMap((source) => {
    const { flag } = source.rule;
    const column = source.columns.find(
      ({ home }) => home.kind === 'golden' && home.target === 'problem_statement',
    );
    if (flag === null || column === undefined) return [];
    return [
      `case when tg_op = 'UPDATE' and new.${ident(flag)} and new.problem_statement is not distinct from old.problem_statement then (${fromUnified(source, column, 'new')})::text end`,
    ];
  });
  return ['new.problem_statement', ...others];
}

/**
 * plpgsql that leaves a row alone of which Postgres' own foreign key takes a deleted submission away, and nothing else: the
 * legacy tables have seen that delete themselves. Generated columns are computed later, and are null until then.
 */
function untouched(lookups: ReverseLookups, bound: BoundPhase): string[] {
  const gone = `not exists (select from ${lookups.submission('old.submission_id')} where s.known)`;
  const generated = bound.mapping.always.filter(({ ddl }) => ddl.includes('generated always'));
  return [
    `if tg_op = 'UPDATE' and new.submission_id is null and old.submission_id is not null then`,
    `if ${gone} then`,
    'v_alone := old;',
    ...['submission_id', ...generated.map(({ name }) => name)].map(
      (name) => `v_alone.${ident(name)} := null;`,
    ),
    'if v_alone *= new then return new; end if;',
    'end if; end if;',
  ];
}
