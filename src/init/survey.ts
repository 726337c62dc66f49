import type { Session } from '../db/session.js';
import type { TableDescription } from './describe.js';
import type { Side } from './matched-rows.js';
import { findMeetings, type Meeting } from './meetings.js';
import { profileTable } from './profile.js';
import { findProviders } from './providers.js';
import { meetingScore, type Relation, relate } from './relation.js';
import { sampleValues, tellingColumns, type ValueSample } from './value-sample.js';

/** What was found in some tables. */
export interface Survey {
  readonly sides: readonly Side[];
  readonly samples: readonly ValueSample[];
  /** Of pairs of tables, those with the best meetings; the best first. */
  readonly relations: readonly Relation[];
}

/** Looks at tables, and at what they have in common. @param most pairs of tables that are followed */
export async function survey(
  session: Session,
  tables: readonly TableDescription[],
  options: { readonly most: number; step(message: string): void },
): Promise<Survey> {
  const sides: Side[] = [];
  const samples: ValueSample[] = [];
  for (const table of tables) {
    options.step(`Looking at ${table.name}.`);
    const columns = await profileTable(session, table);
    sides.push({ table, columns });
    const known = [
      ...(table.identity ?? []),
      ...table.references.flatMap((one) => one.columns),
      ...table.uniqueKeys.flat(),
    ];
    for (const column of tellingColumns(table, columns, known))
      samples.push(await sampleValues(session, table, column));
  }
  const words = findProviders(sides);
  const relations: Relation[] = [];
  for (const { left, right, meetings } of promising(sides, findMeetings(samples)).slice(0, options.most))
    relations.push(await relate(session, { left, right }, meetings, words));
  return { sides, samples, relations: relations.sort((a, b) => b.score - a.score) };
}

/** Pairs of tables with the meetings of their columns, the most promising first. */
function promising(sides: readonly Side[], meetings: readonly Meeting[]) {
  const pairs = sides.flatMap((left, at) =>
    sides.slice(at + 1).map((right) => {
      const own = meetings.filter(
        (one) => one.left.column.table === left.table.name && one.right.column.table === right.table.name,
      );
      return { left, right, meetings: own, score: Math.max(0, ...own.map(meetingScore)) };
    }),
  );
  return pairs.sort((a, b) => b.score - a.score);
}
