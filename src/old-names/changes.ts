import { catalogDifferences } from '../db/catalog-differences.js';
import { ident, literal } from '../db/identifier.js';
import type { OldName, Picture } from './picture.js';
import { type Grant, grantStatements, type Trimmings } from './trimmings.js';

/** What was done to the view under an old name since the cutover, that the table can take over. */
export interface Carried {
  /** For a person: `owner`, `default of status`. */
  readonly what: string;
  /** SQL for a relation, which makes the same change there. */
  readonly statements: (relation: string) => readonly string[];
  /** Whether it has to be made before the table moves back: a default names sequences where the view found them. */
  readonly isDefault?: true;
}

/**
 * What cannot be carried to the table, in words; none where the view is what the cutover made but for its trimmings. A
 * trigger is among it: on a view that Postgres itself makes writable no statement fires it, on the table they would.
 */
export function uncarried({ made, now }: OldName): readonly string[] {
  if (now === null) return ['it is not the view any more that the cutover made'];
  const found = catalogDifferences(JSON.stringify(made.rest), JSON.stringify(now.rest));
  // A renamed column stands in the query too.
  return found.length === 0 && made.query !== now.query ? ['its query is another one'] : found;
}

/** What a rollback carries to the table, in an order in which it can be done. */
export function carriedChanges({ made, now }: OldName): readonly Carried[] {
  if (now === null) return [];
  const [then, there] = [made.trimmings, now.trimmings];
  return [
    ...ownerChange(then, there),
    ...grantChanges(then, there),
    ...commentChanges(then, there),
    ...columnChanges(made, now),
  ];
}

function ownerChange(then: Trimmings, { owner }: Trimmings): Carried[] {
  if (then.owner === owner) return [];
  return [{ what: 'owner', statements: (relation) => [`alter table ${relation} owner to ${ident(owner)}`] }];
}

/** By grantee: what was taken away goes, and all that is there now is given again, which changes nothing else. */
function grantChanges(then: Trimmings, there: Trimmings): Carried[] {
  // A new owner takes the place of the old one in all grants, on the view as on the table.
  const before = then.grants.map((grant) =>
    grant.grantee === then.owner ? { ...grant, grantee: there.owner } : grant,
  );
  const [had, has] = [before, there.grants].map((grants) => new Set(grants.map(grantKey)));
  const gone = before.filter((grant) => has?.has(grantKey(grant)) === false);
  const added = there.grants.filter((grant) => had?.has(grantKey(grant)) === false);
  const grantees = [...new Set([...gone, ...added].map(({ grantee }) => grantee))];
  return grantees.map((grantee) => ({
    what: `rights of ${grantee ?? 'public'}`,
    statements: (relation) => [
      ...gone
        .filter((grant) => grant.grantee === grantee)
        .map(
          ({ privilege, column }) =>
            `revoke ${privilege}${column === null ? '' : ` (${ident(column)})`} on ${relation} from ${grantee === null ? 'public' : ident(grantee)} cascade`,
        ),
      ...grantStatements(
        relation,
        there.owner,
        there.grants.filter((grant) => grant.grantee === grantee),
      ),
    ],
  }));
}

const grantKey = ({ grantee, privilege, column, grantable }: Grant) =>
  JSON.stringify([grantee, privilege, column, grantable]);

function commentChanges(then: Trimmings, { comment }: Trimmings): Carried[] {
  if (then.comment === comment) return [];
  return [
    { what: 'comment', statements: (relation) => [`comment on table ${relation} is ${textOrNull(comment)}`] },
  ];
}

/** Of columns that bear the same name still; others are among what cannot be carried. */
function columnChanges(made: Picture, now: Picture): Carried[] {
  const before = new Map(made.trimmings.columns.map((column) => [column.name, column]));
  return now.trimmings.columns.flatMap(({ name, comment, default: value }) => {
    const then = before.get(name);
    if (then === undefined) return [];
    const column = ident(name);
    const commented: Carried = {
      what: `comment of ${name}`,
      statements: (relation) => [`comment on column ${relation}.${column} is ${textOrNull(comment)}`],
    };
    const defaulted: Carried = {
      what: `default of ${name}`,
      isDefault: true,
      statements: (relation) => [
        `alter table ${relation} alter column ${column} ${value === null ? 'drop default' : `set default ${value}`}`,
      ],
    };
    return [...(then.comment === comment ? [] : [commented]), ...(then.default === value ? [] : [defaulted])];
  });
}

function textOrNull(text: string | null): string {
  return text === null ? 'null' : literal(text);
}
