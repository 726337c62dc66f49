import { ident, literal, qualified } from '../db/identifier.js';
import type { Session } from '../db/session.js';
import { rawText } from '../keys/raw-id.js';
import type { ReferrerPlan } from '../reports/plan.js';
import type { BoundReferrer, NamedRows } from './bound.js';

/** Words of a type that are shown. */
const MOST_WORDS = 20;

/** What a referrer's rows name: of each source how many, how many of them nothing, and what no declaration knows. */
export async function surveyReferrer(session: Session, referrer: BoundReferrer): Promise<ReferrerPlan> {
  const { rule, named, table } = referrer;
  const names: ReferrerPlan['names'][number][] = [];
  for (const one of named) {
    const { rows, dangling } = await session.one(
      `select count(*)::text as rows, (count(*) filter (where not exists (select from ${tableOf(one)} s where ${isNamed(referrer, one)})))::text as dangling
       from ${referrer.qualified} t where ${namesSome(referrer, one)}`,
    );
    names.push({
      word: one.word,
      source: one.source.rule.table,
      rows: Number(rows),
      dangling: Number(dangling),
    });
  }
  return {
    table: `${table.schema}.${table.name}`,
    columns: rule.columns,
    type: rule.type,
    becomes: rule.becomes,
    names,
    unknown: rule.type === null ? [] : await unknownWords(session, referrer, rule.type),
  };
}

async function unknownWords(
  session: Session,
  { qualified: table, rule }: BoundReferrer,
  type: string,
): Promise<ReferrerPlan['unknown']> {
  const known = [...rule.names.keys(), ...(rule.as === null ? [] : [rule.as])];
  const word = `t.${ident(type)}::text`;
  const rows = await session.query(
    `select ${word} as word, count(*)::text as rows from ${table} t
     where t.${ident(type)} is not null and ${word} collate "C" <> all (array[${known.map(literal).join(', ')}]::text[]) group by 1 order by count(*) desc, 1 limit ${MOST_WORDS}`,
  );
  return rows.map((row) => ({ word: String(row.word), rows: Number(row.rows) }));
}

/** SQL: whether a row `t` of the referrer names rows of this source. */
function namesSome({ rule }: BoundReferrer, { word }: NamedRows): string {
  const conditions = rule.columns.map((column) => `t.${ident(column)} is not null`);
  if (rule.type !== null && word !== null)
    conditions.push(`t.${ident(rule.type)}::text collate "C" = ${literal(word)}`);
  return conditions.join(' and ');
}

/** SQL: whether a row `t` names the row `s` of the source: as texts, because types may differ. */
function isNamed({ rule }: BoundReferrer, { identity }: NamedRows): string {
  return identity
    .map(
      ({ name }, at) =>
        `${rawText(`s.${ident(name)}`)} = ${rawText(`t.${ident(rule.columns[at] as string)}`)}`,
    )
    .join(' and ');
}

function tableOf({ source: { table } }: NamedRows): string {
  return qualified(table.schema, table.name);
}
