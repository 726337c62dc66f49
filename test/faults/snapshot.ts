import type pg from 'pg';

/** What there is in a database after a run, in a form in which two databases can be compared. */
export interface Snapshot {
  /** Count and hash of every legacy table. */
  readonly legacy: readonly string[];
  /** Count and hash of every table that Drydock made for its users. */
  readonly unified: readonly string[];
  /** Every column, default, constraint, index, trigger, function and view, in the server's own words. */
  readonly structure: readonly string[];
  /** The phases and their batches as the ledger has them, without times. */
  readonly ledger: readonly string[];
}

const OURS = `^(opportunit(ies_unified|y_duplicates|y_assessments|y_assessment_records)|submission_metric_(totals|changes)|.*_legacy)$`;

const STRUCTURE: Readonly<Record<string, string>> = {
  relation: `select n.nspname, c.relname, relkind::text, relpersistence::text, relacl::text, obj_description(c.oid, 'pg_class')
    from pg_class c join pg_namespace n on n.oid = relnamespace`,
  column: `select n.nspname, c.relname, attname, attnum, format_type(atttypid, atttypmod), attnotnull, attgenerated
    from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace where attnum > 0 and relkind in ('r', 'v')`,
  default: `select n.nspname, c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid)
    from pg_attrdef d join pg_class c on c.oid = adrelid join pg_namespace n on n.oid = relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum`,
  constraint: `select n.nspname, conname, conrelid::regclass, pg_get_constraintdef(c.oid), convalidated, condeferrable
    from pg_constraint c join pg_namespace n on n.oid = connamespace`,
  index: `select n.nspname, pg_get_indexdef(i.indexrelid), indisvalid, indisready, indisunique, indisprimary
    from pg_index i join pg_class c on c.oid = indexrelid join pg_namespace n on n.oid = relnamespace`,
  trigger: `select n.nspname, c.relname, pg_get_triggerdef(t.oid), tgenabled
    from pg_trigger t join pg_class c on c.oid = tgrelid join pg_namespace n on n.oid = relnamespace where not tgisinternal`,
  // Not their bodies: they name phases by number, and a run that was undone takes the next one.
  function: `select n.nspname, p.oid::regprocedure, pg_get_userbyid(proowner), prosecdef, proconfig
    from pg_proc p join pg_namespace n on n.oid = pronamespace`,
  view: `select n.nspname, c.relname, pg_get_viewdef(c.oid) from pg_class c join pg_namespace n on n.oid = relnamespace where relkind = 'v'`,
};

/** @param attempts whether it matters how often a batch was loaded */
export async function takeSnapshot(client: pg.Client, attempts: boolean): Promise<Snapshot> {
  const lines = async (query: string): Promise<string[]> =>
    (await client.query<{ line: string }>(query)).rows.map(({ line }) => line);
  const tables = await client.query<{ name: string; ours: boolean }>(
    `select format('%I.%I', schemaname, tablename) as name, tablename ~ $1 as ours from pg_tables
     where schemaname !~ '^(pg_|information_schema|drydock$)' order by 1`,
    [OURS],
  );
  const hashes: [legacy: string[], unified: string[]] = [[], []];
  for (const { name, ours } of tables.rows) {
    const [hash = ''] = await lines(
      `select concat_ws(' ', count(*), md5(coalesce(string_agg(md5(x::text), '' order by md5(x::text)), ''))) as line from ${name} x`,
    );
    hashes[ours ? 1 : 0].push(`${name}: ${hash}`);
  }
  const structure = Object.entries(STRUCTURE).map(
    ([kind, query]) =>
      `select concat_ws(' ', '${kind}', x::text) as line from (${query}) x where x.nspname !~ '^(pg_|information_schema)'`,
  );
  const known = await lines(`select nspname as line from pg_namespace where nspname = 'drydock'`);
  return {
    legacy: hashes[0],
    unified: hashes[1],
    structure: await lines(`${structure.join(' union all ')} order by 1`),
    ledger: known.length === 0 ? [] : await lines(ledgerLines(attempts)),
  };
}

function ledgerLines(attempts: boolean): string {
  return `select concat_ws(' ', 'phase', schema_name, phase, state, batch_size) as line from drydock.phases
    union all
    select concat_ws(' ', 'batch', p.phase, number, coalesce(key_from::text, '-'), coalesce(key_to::text, '-'), status, sources,
      rows_in, rows_out, folded, rejected${attempts ? ', attempts' : ''})
    from drydock.batches b join drydock.phases p on p.id = b.phase_id
    order by 1`;
}

/** What is not the same, as sentences; a few lines of each part. */
export function differencesBetween(expected: Snapshot, found: Snapshot): string[] {
  return (['legacy', 'unified', 'structure', 'ledger'] as const).flatMap((part) => {
    const [want, have] = [new Set(expected[part]), new Set(found[part])];
    const missing = expected[part].filter((line) => !have.has(line));
    const extra = found[part].filter((line) => !want.has(line));
    if (missing.length + extra.length === 0 && expected[part].length === found[part].length) return [];
    const shown = [
      ...missing.slice(0, 2).map((line) => `wanted ${line}`),
      ...extra.slice(0, 2).map((line) => `found ${line}`),
    ];
    return [`${part}: ${missing.length} lines missing, ${extra.length} too many: ${shown.join('; ')}`];
  });
}
