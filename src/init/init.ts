import { secondsSince, stoppable } from '../context/stoppable.js';
import { cancelWhenStopped } from '../db/cancel.js';
import { withCleanup } from '../db/cleanup.js';
import { connector } from '../db/connect.js';
import { readTogether } from '../db/fresh-snapshot.js';
import type { Session } from '../db/session.js';
import { DrydockError } from '../errors.js';
import type { TableName } from '../legacy/catalog.js';
import type { InitOptions, InitReport } from '../reports/init.js';
import { requireOptions } from '../reports/options.js';
import { DEFAULTS } from '../reports/target.js';
import { withoutOthers } from './candidates.js';
import { describeTables, listTables, namesIn } from './describe.js';
import { printProposal } from './print.js';
import { type Outcome, propose } from './propose.js';
import { evidenceOf } from './report.js';
import { type Survey, survey } from './survey.js';

const NOTHING_WRITTEN = 'The tables were only read; no file was written.';
/** No statement takes longer: samples are read, and never a whole table that is very large. */
const STATEMENT_TIMEOUT = '60s';
/** So many pairs of tables are followed where nobody names any. */
const MOST_RELATIONS = 12;
const MOST_TABLES = 60;

/**
 * Looks at tables, finds what they have in common, and proposes a declaration. In a read-only transaction, without temporary
 * tables: it works on a standby, and as a role that may select and nothing else.
 *
 * @throws DrydockError `not-a-table`, `missing-privilege`, `row-level-security` for tables that are named
 */
export async function init(options: InitOptions): Promise<InitReport> {
  requireOptions('init', options);
  const start = performance.now();
  return stoppable(options, NOTHING_WRITTEN, () =>
    withCleanup(async (cleanup) => {
      const connect = connector(options.databaseUrl, options.signal);
      const session = await connect.open(cleanup);
      await cancelWhenStopped(connect, [session], options.signal, cleanup);
      return readTogether(session, options.signal, async () => {
        await session.execute(`set local statement_timeout = '${STATEMENT_TIMEOUT}'`);
        const report = await look(session, options);
        return { ...report, seconds: secondsSince(start) };
      });
    }),
  );
}

async function look(session: Session, options: InitOptions): Promise<Omit<InitReport, 'seconds'>> {
  const schema = options.schema ?? DEFAULTS.schema;
  const about = await session.one(
    `select current_database() as database, current_setting('server_version') as version`,
  );
  const named = options.tables === undefined ? null : tableNames(options.tables, schema);
  const names = named ?? (await listTables(session, schema)).slice(0, MOST_TABLES);
  if (names.length < 2) throw tooFew(schema);
  const tables = await describeTables(session, names);
  const found = await survey(session, tables, {
    most: named === null ? MOST_RELATIONS : Number.POSITIVE_INFINITY,
    step: (message) => options.onProgress?.({ type: 'notice', level: 'info', message }),
  });
  const outcome = await outcomeOf(session, found, named !== null, await namesIn(session, schema));
  return {
    database: String(about.database),
    server: String(about.version),
    schema,
    ...evidenceOf(found, outcome),
    declaration: outcome.proposal === null ? null : printProposal(outcome.proposal, outcome.leftOut, schema),
  };
}

/** Where nobody named tables, the best of them are proposed, and the others are no concern of the proposal. */
async function outcomeOf(
  session: Session,
  found: Survey,
  isNamed: boolean,
  existing: readonly string[],
): Promise<Outcome> {
  if (isNamed) return propose(session, found, existing);
  const best = withoutOthers(found);
  return best === null ? { proposal: null, leftOut: [] } : propose(session, best, existing);
}

function tableNames(tables: readonly string[], schema: string): readonly TableName[] {
  const names = tables.map((name) => {
    const dot = name.indexOf('.');
    return dot < 0 ? { schema, name } : { schema: name.slice(0, dot), name: name.slice(dot + 1) };
  });
  const twice = names.find(({ name }, at) => names.findIndex((other) => other.name === name) !== at);
  if (twice === undefined && names.length >= 2) return names;
  throw new DrydockError({
    code: 'bad-option',
    what:
      twice === undefined
        ? 'One table has nothing to be unified with.'
        : `Table ${twice.name} is named twice; sources of one name cannot be told apart.`,
    state: NOTHING_WRITTEN,
    next: 'Name two tables or more, each once.',
  });
}

function tooFew(schema: string): DrydockError {
  return new DrydockError({
    code: 'no-legacy-tables',
    what: `There are no two tables in schema "${schema}" that this user may read.`,
    state: NOTHING_WRITTEN,
    next: 'Check the database, --schema and the rights of the user.',
  });
}
