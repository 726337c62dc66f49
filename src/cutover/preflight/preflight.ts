import { readTogether } from '../../db/fresh-snapshot.js';
import type { Session } from '../../db/session.js';
import type { CutoverFinding } from '../../reports/cutover.js';
import * as belongings from './belongings.js';
import { columnDefaults } from './column-defaults.js';
import * as dependents from './dependents.js';
import type { Check, Survey } from './findings.js';
import * as functions from './functions.js';
import { lookups } from './lookups.js';
import { functionsSchema, legacySchema } from './names.js';
import * as readiness from './readiness.js';
import * as replication from './replication.js';
import * as rights from './rights.js';
import * as sessions from './sessions.js';
import * as statements from './statements.js';
import { partman, tools } from './tools.js';

/** What is looked at before a cutover, in the order in which it is told. */
const CHECKS: readonly Check[] = [
  readiness.state,
  readiness.capture,
  rights.owners,
  rights.grants,
  rights.ownersRights,
  lookups,
  rights.untrustedCode,
  rights.rowSecurity,
  rights.forcedRowSecurity,
  rights.columnRights,
  rights.viewRights,
  dependents.foreignKeysOfOthers,
  dependents.dependentViews,
  dependents.propertyGraphs,
  dependents.rowTypeFunctions,
  dependents.inheritance,
  functions.functionsNamingTables,
  functions.parsedFunctions,
  belongings.triggers,
  belongings.rules,
  belongings.ownedSequences,
  columnDefaults,
  belongings.attachments,
  belongings.eventTriggers,
  replication.publications,
  replication.slots,
  sessions.preparedTransactions,
  sessions.longTransactions,
  sessions.sight,
  legacySchema,
  functionsSchema,
  partman,
  statements.statements,
  tools,
  statements.disk,
];

/** Looks at everything that hangs on the tables, in one read-only transaction. */
export async function preflight(
  survey: Omit<Survey, 'session'>,
  session: Session,
  options: { readonly backupRequired: boolean },
): Promise<CutoverFinding[]> {
  return readTogether(session, survey.context.signal, async () => {
    const findings: CutoverFinding[] = [];
    for (const check of [...CHECKS, readiness.backup(options.backupRequired)]) {
      findings.push(...(await check({ ...survey, session })));
    }
    return findings;
  });
}
