import { generatedName, ident, qualified } from '../../db/identifier.js';
import { asUuid, bareId, rawText } from '../../keys/raw-id.js';
import { columnOf } from '../../legacy/catalog.js';
import type { LegacyDatabase } from '../../legacy/detect.js';
import type { BoundPhase, BoundSource } from '../../mapping/bind.js';
import { FUNCTIONS_SCHEMA, type Lookup, type ReverseRules, refuse } from '../../mapping/reverse.js';
import { ownTarget } from '../../mapping/tables.js';
import { timeColumns } from '../../transform/standing.js';
import { CREATED } from './keys.js';
import { opportunitiesMapping } from './mapping.js';
import { submissionPointers } from './pointers.js';
import { OTHERWISE, STATUS_WORDS } from './statuses.js';

const OLD_NAMES = 'Write it through the old name, where the legacy table decides.';

/** How direct writes to `opportunities_unified` become rows of the three legacy tables. */
export function reverseOpportunities(legacy: LegacyDatabase, bound: BoundPhase): ReverseRules {
  const unified = qualified(legacy.schema, opportunitiesMapping.unified);
  const source = (table: string) => bound.sources.find(({ rule }) => rule.table === table);
  const [opportunities, app, workflow] = ['opportunities', 'app_opportunities', 'workflow_results'].map(
    source,
  );
  const place = (of: BoundSource | undefined, column: string) => {
    const found = of?.columns.find(({ name, home }) => name === column && home.kind === 'own');
    return found === undefined ? undefined : ident(ownTarget(found));
  };
  const pointers = opportunities === undefined ? [] : submissionPointers(opportunities.table);
  const pointer = pointers.map((name) => place(opportunities, name)).find(Boolean);
  const redditKey = place(opportunities, 'opportunity_id');
  const appKey = place(app, 'submission_id');
  const workflowKey = place(workflow, 'opportunity_id');
  const namesOpportunity = workflow?.table.shape.name === 'A';
  const workflowStatus = place(workflow, 'status');
  const scores = ['final_score', 'opportunity_assessment_score'].flatMap(
    (name) => place(workflow, name) ?? [],
  );
  const has = (flag: string) => bound.sources.some(({ rule }) => rule.flag === flag);

  const moved = (keys: string) => [
    ...(appKey === undefined ? [] : [`if new.from_app_opportunities then new.${appKey} := ${keys}; end if;`]),
    ...(workflowKey === undefined || namesOpportunity
      ? []
      : [`if new.from_workflow_results then new.${workflowKey} := 'opp_' || ${keys}; end if;`]),
  ];
  const createdIn = bound.sources.flatMap((of) =>
    timeColumns(of.table, CREATED).flatMap((name) => {
      const target = place(of, name);
      return target === undefined
        ? []
        : [{ flag: of.rule.flag ?? '', value: `new.${target}`, kind: columnOf(of.table, name)?.type.kind }];
    }),
  );
  const moment = ({ value, kind }: { value: string; kind: string | undefined }) =>
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
  const updatedAt = place(opportunities, 'updated_at');
  const isFlag = (flag: string) => flag === 'from_opportunities';

  const insert = [
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
    `new.from_opportunities := coalesce(new.from_opportunities, true);`,
    'if not new.from_opportunities then',
    refuse(
      'id',
      'A new opportunity without a row of its own in opportunities would get another id.',
      `Leave from_opportunities out. ${OLD_NAMES}`,
    ),
    'end if;',
    ...(pointer === undefined
      ? []
      : [
          `new.submission_id := coalesce(new.submission_id, ${asUuid(`new.${pointer}`, kindOf(opportunities, pointer))});`,
        ]),
    ...(pointer === undefined ? [] : [`new.${pointer} := coalesce(new.${pointer}, new.submission_id);`]),
    'new.merge_key := coalesce(new.submission_id, new.id);',
    `if exists (select from ${unified} u where u.merge_key = new.merge_key and u.id <> new.id)`,
    `and not exists (select from ${unified} u where u.id = new.id) then`,
    refuse(
      'submission',
      'This submission has an opportunity already.',
      `Update that one. For a second idea of one submission: ${OLD_NAMES}`,
      'unique_violation',
    ),
    'end if;',
  ];
  const update = [
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
          `if new.${pointer} is distinct from old.${pointer} and new.submission_id is not distinct from old.submission_id then`,
          `new.submission_id := ${asUuid(`new.${pointer}`, kindOf(opportunities, pointer))}; end if;`,
        ]),
    'new.merge_key := old.merge_key;',
    'if new.submission_id is distinct from old.submission_id then',
    ...(pointer === undefined
      ? []
      : [`if new.from_opportunities then new.${pointer} := new.submission_id; end if;`]),
    'if new.submission_id is null then',
    `if new.from_app_opportunities or new.from_workflow_results${redditKey === undefined ? '' : ` or new.${redditKey} is not null`} then`,
    refuse(
      'submission',
      'Other legacy rows of this opportunity name the submission by its Reddit id.',
      OLD_NAMES,
    ),
    'end if;',
    'new.merge_key := new.id;',
    'else',
    'new.merge_key := new.submission_id;',
    `if exists (select from ${unified} u where u.merge_key = new.merge_key and u.id <> new.id) then`,
    refuse('submission', 'That submission has an opportunity already.', OLD_NAMES, 'unique_violation'),
    'end if; end if; end if;',
  ];
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

  const submission = submissionLookup(legacy);
  return {
    lookups: submission.lookups,
    declare: 'v_rid text; v_title text; v_key text;',
    keys: [
      // Postgres' own foreign key takes a deleted submission away; the legacy tables have seen that delete themselves.
      `if tg_op = 'UPDATE' and new.submission_id is null and old.submission_id is not null and not (${submission.exists('old.submission_id')}) then return new; end if;`,
      ...flags,
      `if tg_op = 'INSERT' then`,
      ...insert,
      'else',
      ...update,
      'end if;',
      `if new.submission_id is not null then ${submission.read} end if;`,
      `v_key := coalesce(v_rid, new.submission_id::text, new.id::text);`,
      `if new.title is null then new.title := ${fallbackTitle()}; end if;`,
    ].join('\n'),
    rows: [
      ...(appKey === undefined
        ? []
        : [`if new.from_app_opportunities then new.${appKey} := coalesce(new.${appKey}, v_key); end if;`]),
      ...(workflowKey === undefined
        ? []
        : [
            `if new.from_workflow_results then new.${workflowKey} := coalesce(new.${workflowKey}, ${namesOpportunity ? 'new.id' : `'opp_' || v_key`}); end if;`,
          ]),
      `if tg_op = 'UPDATE' and new.submission_id is distinct from old.submission_id and new.submission_id is not null then`,
      ...moved('v_key'),
      ...(redditKey === undefined
        ? []
        : [`if new.${redditKey} is not null then new.${redditKey} := 'opp_' || v_key; end if;`]),
      'end if;',
      `if tg_op = 'INSERT' then`,
      'new.created_at := coalesce(new.created_at, now());',
      ...setCreated(() => true).map(
        ({ flag, value, wanted }) => `if new.${flag} then ${value} := coalesce(${value}, ${wanted}); end if;`,
      ),
      ...(updatedAt === undefined
        ? []
        : [`new.${updatedAt} := coalesce(new.${updatedAt}, new.updated_at, new.created_at);`]),
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
            `if tg_op = 'UPDATE' and new.from_opportunities and new.updated_at is distinct from old.updated_at then new.${updatedAt} := new.updated_at; end if;`,
          ]),
      `new.status := coalesce(new.status, ${fromWorkflow(statusOfWorkflow(workflowStatus), `'${OTHERWISE}'`)});`,
    ].join('\n'),
    fallbacks: {
      title: fallbackTitle(),
      status: fromWorkflow(statusOfWorkflow(workflowStatus), `'${OTHERWISE}'`),
      ...(scores.length === 0
        ? {}
        : // What the workflow's score becomes is not worked out here: no value that is written counts as that one.
          {
            opportunity_score: fromWorkflow(
              `coalesce(${scores.map((score) => `case when new.${score} is not null then -1 end`).join(', ')})`,
              'null',
            ),
          }),
    },
    computed: [],
    telling: { opportunities: ['title', 'app_name', 'problem_statement'] },
  };
}

function kindOf(source: BoundSource | undefined, target: string): string {
  const found = source?.columns.find(
    (column) => column.home.kind === 'own' && ident(column.home.target) === target,
  );
  return found?.type.kind ?? 'uuid';
}

function statusOfWorkflow(status: string | undefined): string {
  if (status === undefined) return `'${OTHERWISE}'`;
  const cases = [...STATUS_WORDS].map(([raw, unified]) => `when '${raw}' then '${unified}'`);
  return `(case new.${status}::text ${cases.join(' ')} else '${OTHERWISE}' end)`;
}

/** As the merger makes it: the submission's title, the app's name, the first words of the problem. */
function fallbackTitle(): string {
  const words = `btrim(regexp_replace(new.problem_statement, '\\s+', ' ', 'g'))`;
  return `coalesce(v_title, new.app_name, case when length(${words}) > 80 then regexp_replace(left(${words}, 81), '\\s+\\S*$', '') || '…' else nullif(${words}, '') end, 'Untitled opportunity')`;
}

/** A submission by its uuid: whether it is there, its Reddit id, its title. */
function submissionLookup(legacy: LegacyDatabase): {
  readonly lookups: readonly Lookup[];
  readonly exists: (value: string) => string;
  readonly read: string;
} {
  const table = legacy.tables.get('submissions');
  if (table === undefined) return { lookups: [], exists: () => 'false', read: 'null;' };
  const from = qualified(table.schema, table.name);
  const id = asUuid('b.id', columnOf(table, 'id')?.type.kind ?? '');
  const raw = rawText(`b.${ident(table.shape.name === 'A' ? 'reddit_id' : 'submission_id')}`);
  const name = generatedName('submission', legacy.schema, table.name);
  const call = (value: string) => `${qualified(FUNCTIONS_SCHEMA, name)}(${value})`;
  return {
    lookups: [
      {
        table,
        name,
        args: 'wanted uuid, out known boolean, out rid text, out title text',
        returns: 'record',
        body: `begin select ${bareId(raw)}, b.title::text into rid, title from ${from} b where ${id} = wanted; known := found; end`,
      },
    ],
    exists: (value) => `(${call(value)}).known`,
    read: `select s.rid, s.title into v_rid, v_title from ${call('new.submission_id')} s;`,
  };
}
