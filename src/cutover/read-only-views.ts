import { generatedName, ident, literal, qualified } from '../db/identifier.js';
import { LEDGER_SCHEMA } from '../ledger/schema.js';
import { type Restoration, restoreQuery } from '../mapping/legacy-view.js';

/** The function that says no, one for each unified table that it points to. */
function refusalName(unified: string): string {
  return generatedName('read_only', unified);
}

/** A statement that takes that function away, when the views are gone. */
export function dropRefusal(unified: string): string {
  return `drop function if exists ${qualified(LEDGER_SCHEMA, refusalName(unified))}()`;
}

/**
 * Statements that make the old names read-only views of the unified tables, which give the legacy rows back. A write
 * fails with a word on where to write instead.
 *
 * @param becomes the name that the unified table gets in the same transaction; null: it keeps its own
 */
export function readOnlyViews(restorations: readonly Restoration[], becomes: string | null): string[] {
  const [first] = restorations;
  if (first === undefined) return [];
  const { unified } = first.targets;
  const refusal = `${qualified(LEDGER_SCHEMA, refusalName(unified.name))}()`;
  const body =
    `begin raise exception using errcode = 'feature_not_supported', ` +
    `message = tg_table_name || ' is read-only: its migration is completed.', ` +
    `hint = ${literal(`Write to ${unified.schema}.${becomes ?? unified.name}.`)}; end`;
  return [
    `create or replace function ${refusal} returns trigger language plpgsql set search_path = pg_catalog, pg_temp as ${literal(body)}`,
    `revoke all on function ${refusal} from public`,
    ...restorations.flatMap((restoration) => {
      const view = qualified(restoration.source.table.home, restoration.source.table.name);
      return [
        // Replacing it sets its options anew: it reads our tables with its owner's rights now.
        `create or replace view ${view} as\n${restoreQuery(restoration)}`,
        `alter view ${view} reset (security_invoker)`,
        // Nobody inserts through it any more, and what a default names could not be dropped.
        `alter view ${view} ${restoration.source.columns.map(({ name }) => `alter column ${ident(name)} drop default`).join(', ')}`,
        readableToOwner(view, restoration),
        `create or replace trigger ${ident('drydock_read_only')} instead of insert or update or delete on ${view} for each row execute function ${refusal}`,
      ];
    }),
  ];
}

/** The view belongs to whom the legacy table belonged to, and reads with the rights of that role: it needs some. */
function readableToOwner(view: string, { targets, hasRejects }: Restoration): string {
  const tables = [
    targets.unified.qualified,
    targets.folded.qualified,
    ...(hasRejects ? [qualified(LEDGER_SCHEMA, 'rejects')] : []),
  ];
  const body =
    `declare o text := (select quote_ident(pg_get_userbyid(v.relowner)) from pg_class v, pg_class u ` +
    `where v.oid = ${literal(view)}::regclass and u.oid = ${literal(targets.unified.qualified)}::regclass and v.relowner <> u.relowner); ` +
    `begin if o is not null then execute ${literal(`grant select on ${tables.join(', ')} to `)} || o; end if; end`;
  return `do ${literal(body)}`;
}
