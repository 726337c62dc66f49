import type { InitLink, InitPair, InitRelation, InitReport, InitTable } from '../reports/init.js';
import type { Link } from './links.js';
import type { Side } from './matched-rows.js';
import type { ColumnProfile } from './profile.js';
import type { Outcome } from './propose.js';
import type { Relation } from './relation.js';
import type { SharedPair } from './shared.js';
import type { Survey } from './survey.js';

/** What was found, as data. */
export function evidenceOf(
  { sides, relations }: Survey,
  { proposal, leftOut }: Outcome,
): Pick<InitReport, 'tables' | 'relations' | 'leftOut' | 'proposal'> {
  return {
    tables: sides.map(tableOf),
    relations: relations.map(relationOf),
    leftOut,
    proposal:
      proposal === null
        ? null
        : {
            name: proposal.name,
            into: proposal.into,
            sources: proposal.sources.map(({ side }) => side.table.name),
            columns: proposal.columns.map(({ name, word, givers, constants, sure, why }) => ({
              name,
              holds: word,
              givers: [...givers.map(({ column }) => nameOf(column)), ...constants.keys()],
              sure,
              why,
            })),
          },
  };
}

const nameOf = ({ table, name }: ColumnProfile) => `${table}.${name}`;

function tableOf({ table, columns }: Side): InitTable {
  return {
    schema: table.schema,
    table: table.name,
    rows: table.rows,
    identity: table.identity,
    columns: columns.map(({ name, type, form, seen, nulls, blanks, distinct }) => ({
      name,
      type: type.name,
      form,
      seen,
      nulls,
      blanks,
      distinct,
    })),
  };
}

function relationOf({ left, right, score, links, shared, unlike }: Relation): InitRelation {
  return {
    left: left.table.name,
    right: right.table.name,
    score: rounded(score),
    links: links.map(linkOf),
    pairs: shared.map(pairOf),
    unlike,
  };
}

function linkOf({ kind, left, right, meeting, backing, declared, sure }: Link): InitLink {
  return {
    kind,
    left: nameOf(left),
    right: nameOf(right),
    commonValues: meeting.common,
    spelledAlike: meeting.alike,
    backing: rounded(backing),
    declared,
    sure,
  };
}

function pairOf({ left, right, agreement, sure, why }: SharedPair): InitPair {
  const { both, equal, ratio } = agreement;
  return {
    left: nameOf(left),
    right: nameOf(right),
    both,
    equal,
    ratio: ratio === null ? null : { factor: ratio.factor, share: rounded(ratio.share), pairs: ratio.pairs },
    sure,
    why,
  };
}

function rounded(number: number): number {
  return Number(number.toFixed(3));
}
