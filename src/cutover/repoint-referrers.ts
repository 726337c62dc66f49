import { ident, literal } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { rawText } from '../keys/raw-id.js';
import { foldedColumn } from '../mapping/bind.js';
import type { Phase } from '../mapping/phase.js';
import { ownTarget } from '../mapping/tables.js';
import { isFoldedInto, type Targets } from '../mapping/targets.js';
import { type BoundReferrer, bindReferrers, type NamedRows } from '../referrers/bound.js';
import { rowAsTexts } from '../types/texts.js';
import { type Collision, colliding, type Naming, renameRows, textArray, texts } from './repoint.js';

/** What a referrer's rows are about to name, and by which column of the unified table. */
export interface RepointedReferrer {
  readonly referrer: BoundReferrer;
  readonly naming: Naming;
  /** The column of the unified table that holds its ids, at the time. */
  readonly id: string;
}

/** The referrers of a phase whose rows get other names at its completion. */
export async function referrersToRepoint(
  session: Session,
  phase: Pick<Phase, 'schema' | 'bound'>,
): Promise<RepointedReferrer[]> {
  const { takeOver } = phase.bound.mapping;
  return (await bindReferrers(session, phase)).flatMap((referrer): RepointedReferrer[] => {
    if (!('table' in referrer) || referrer.rule.becomes === 'left') return [];
    const { rule, table, qualified } = referrer;
    const columns = [...(rule.type === null ? [] : [rule.type]), ...rule.columns];
    const { schema, name, oid } = table;
    return [
      {
        referrer,
        naming: { schema, table: name, qualified, oid, columns },
        id: takeOver?.id.meanwhile ?? 'id',
      },
    ];
  });
}

/**
 * Has the rows of a referrer name what they are to name from now on, and keeps what they were in the ledger. In the caller's
 * transaction, which holds the table. Returns the number of rows changed.
 */
export async function repointReferrer(
  session: Session,
  phaseId: number,
  targets: Targets,
  repointed: RepointedReferrer,
): Promise<number> {
  const { referrer, naming } = repointed;
  const { rule, table } = referrer;
  const before = naming.columns.map((name) => `t.${ident(name)}`);
  const after = [
    ...(rule.type === null ? [] : [wordAfter(rule.as)]),
    ...rule.columns.map((_, at) => fresh(at)),
  ];
  const changed = await session.execute(
    `insert into drydock.repointed (phase_id, schema_name, table_name, columns, old_values, new_values, row_before)
     select ${phaseId}, ${literal(naming.schema)}, ${literal(naming.table)}, ${textArray(naming.columns)}, ${texts(before)}, ${texts(after)}, ${rowAsTexts(table.columns, 't')}
     from ${naming.qualified} t join ${renamed(targets, repointed)}`,
  );
  if (changed > 0) await renameRows(session, phaseId, naming, table);
  return changed;
}

/** Unique indexes of a referrer that would not take its rows with their new names. */
export function referrerCollisions(
  session: Session,
  targets: Targets,
  repointed: RepointedReferrer,
): Promise<readonly Collision[]> {
  const { rule } = repointed.referrer;
  return colliding(session, repointed.naming, {
    joined: renamed(targets, repointed),
    isChanged: fresh(0),
    value: (name) => {
      const at = rule.columns.indexOf(name);
      if (name !== rule.type && at < 0) return `t.${ident(name)}`;
      const value = name === rule.type ? wordAfter(rule.as) : fresh(at);
      return `case when ${fresh(0)} is null then ${rawText(`t.${ident(name)}`)} else ${value} end`;
    },
  });
}

const named = (at: number) => `n.named_${at + 1}`;
const fresh = (at: number) => `n.fresh_${at + 1}`;
const wordAfter = (as: string | null) => (as === null ? 'n.word' : `${literal(as)}::text collate "C"`);

/** SQL: what a row `t` of the referrer names as `n`, where it is to name something else. */
function renamed(targets: Targets, { referrer, id }: RepointedReferrer): string {
  const { rule } = referrer;
  const rows = referrer.named.flatMap((one) => namesOf(targets, one, { id, becomes: rule.becomes }));
  const same = rule.columns.map((name, at) => `${named(at)} = ${rawText(`t.${ident(name)}`)}`);
  const other = rule.columns.map((_, at) => `${fresh(at)} is distinct from ${named(at)}`);
  if (rule.type !== null) {
    same.push(`n.word = ${rawText(`t.${ident(rule.type)}`)}`);
    if (rule.as !== null) other.push(`n.word <> ${wordAfter(rule.as)}`);
  }
  return `(${rows.join(' union all ')}) n on ${same.join(' and ')} and (${other.join(' or ')})`;
}

/** Queries of the names of a source's rows, as texts, and of what names their unified rows. */
function namesOf(
  targets: Targets,
  { word, source, identity }: NamedRows,
  { id, becomes }: { readonly id: string; readonly becomes: string },
): string[] {
  const { unified, folded } = targets;
  const own = identity.map((column) => `u.${ident(ownTarget(column))}`);
  const after = becomes === 'id' ? [`u.${ident(id)}`] : own;
  const select = (before: readonly string[], from: string) => {
    const columns = [
      ...before.map((value, at) => `${rawText(value)} as named_${at + 1}`),
      ...after.map((value, at) => `${rawText(value)} as fresh_${at + 1}`),
    ];
    return `select ${literal(word ?? '')}::text collate "C" as word, ${columns.join(', ')} from ${from}`;
  };
  const whole = identity.map(({ name }) => `f.${ident(foldedColumn(source.rule, name))}`);
  return [
    select(
      whole,
      `${folded.qualified} f join ${unified.qualified} u on ${isFoldedInto(targets, 'f', 'u')} where f.source = ${literal(source.rule.table)}`,
    ),
    ...(becomes === 'id' && source.rule.flag !== null
      ? [select(own, `${unified.qualified} u where u.${ident(source.rule.flag)}`)]
      : []),
  ];
}
