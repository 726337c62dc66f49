/**
 * SQL: the oids of the types that a type is made of, one step down: a domain's base, the elements of an array, the fields
 * of a composite, what a range is over, and the range of a multirange.
 *
 * @param type - alias of a row of `pg_type`
 */
export function typeParts(type: string): string {
  return `
    select ${type}.typbasetype where ${type}.typtype = 'd'
    union all select ${type}.typelem where ${type}.typcategory = 'A'
    union all select f.atttypid from pg_attribute f where ${type}.typtype = 'c' and f.attrelid = ${type}.typrelid and f.attnum > 0 and not f.attisdropped
    union all select g.rngsubtype from pg_range g where g.rngtypid = ${type}.oid
    union all select g.rngtypid from pg_range g where g.rngmultitypid = ${type}.oid`;
}
