import { ident } from '../../db/identifier.js';
import type { BoundPhase, BoundSource } from '../../mapping/bind.js';
import { ownTarget } from '../../mapping/tables.js';
import { submissionPointers } from './pointers.js';

/** A legacy column that has one of its own in the unified table. */
export interface Place {
  /** Its legacy name. */
  readonly name: string;
  /** Where a row of the unified table has it: `new.…` and `old.…`. */
  readonly now: string;
  readonly before: string;
  /** The kind of its legacy type. */
  readonly kind: string;
}

/** Where the unified row keeps what names its submission, and the sources that do so. */
export interface Places {
  readonly opportunities: BoundSource | undefined;
  readonly app: BoundSource | undefined;
  readonly workflow: BoundSource | undefined;
  readonly pointer: Place | undefined;
  readonly redditKey: Place | undefined;
  readonly appKey: Place | undefined;
  readonly workflowKey: Place | undefined;
  /** Rows of `workflow_results` name an opportunity by its id. */
  readonly namesOpportunity: boolean;
}

export function placeOf(source: BoundSource | undefined, name: string): Place | undefined {
  const found = source?.columns.find((column) => column.name === name && column.home.kind === 'own');
  if (found === undefined) return undefined;
  const target = ident(ownTarget(found));
  return { name, now: `new.${target}`, before: `old.${target}`, kind: found.type.kind };
}

export function placesOfKeys(bound: BoundPhase): Places {
  const source = (table: string) => bound.sources.find(({ rule }) => rule.table === table);
  const [opportunities, app, workflow] = ['opportunities', 'app_opportunities', 'workflow_results'].map(
    source,
  );
  const pointers = opportunities === undefined ? [] : submissionPointers(opportunities.table);
  return {
    opportunities,
    app,
    workflow,
    pointer: pointers.map((name) => placeOf(opportunities, name)).find(Boolean),
    redditKey: placeOf(opportunities, 'opportunity_id'),
    appKey: placeOf(app, 'submission_id'),
    workflowKey: placeOf(workflow, 'opportunity_id'),
    namesOpportunity: workflow?.table.shape.name === 'A',
  };
}
