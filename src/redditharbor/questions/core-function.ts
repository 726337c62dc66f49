import { columnOf } from '../../legacy/catalog.js';
import type { Asked } from '../../project/questions.js';
import type { LegacyTableName } from '../tables.js';
import type { Forms } from './forms.js';
import { lacks } from './left-out.js';
import { functionList } from './legacy/function-list.js';

const FUNCTIONS = 5;

/** Functions are asked for by plain names, which no spelling of a list writes in more than one way. */
const PLAIN = '^[A-Za-z][A-Za-z0-9 -]+[A-Za-z0-9]$';

/** What an application does; a workflow's list counts where the application has none. */
export function coreFunction({ functions, legacy, tables }: Forms): Asked {
  const named = {
    group: 'discovery',
    name: 'with-core-function',
    asks: `The opportunities with a given core function (${FUNCTIONS} functions in turn)`,
  } as const;
  if (functions === null) return lacks(named, 'opportunities and app_opportunities');
  const list = (expression: string, name: LegacyTableName, column: string): string => {
    const table = legacy.tables.get(name);
    return functionList(expression, table && columnOf(table, column)?.type.kind);
  };
  const app = list('app_functions', 'app_opportunities', 'core_functions');
  const workflow = list('workflow_functions', 'workflow_results', 'function_list');
  return {
    ...named,
    parameters: `select e as name from ${tables.unified} u cross join lateral jsonb_array_elements_text(u.core_functions) e
where u.submission_id is not null and e ~ '${PLAIN}' and e not in ('null', 'true', 'false')
group by e order by md5(e) limit ${FUNCTIONS}`,
    whole: true,
    legacy: (name = '') => `${functions.upTo('every')}
select k, title from every where known and coalesce(${app}, ${workflow}) @> jsonb_build_array(${name}::text)`,
    unified: (name = '') => `select merge_key, title from ${tables.unified}
where core_functions @> jsonb_build_array(${name}::text) and submission_id is not null`,
  };
}
