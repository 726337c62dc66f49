import { generatedName, ident, qualified } from '../../db/identifier.js';
import { FUNCTIONS_SCHEMA } from '../../legacy/moved.js';
import { boundHome, keptType, storedType } from '../../mapping/bind.js';
import type { BoundColumn } from '../../mapping/mapping.js';
import { fromUnified } from '../../mapping/restore.js';
import type { Executor } from './executors.js';
import type { LegacyColumn, LegacySide } from './legacy-columns.js';
import { lockRow, placeOf } from './statements.js';

/** A function that others of ours call, and that runs with the rights of a table's owner. */
export interface OwnerFunction {
  readonly name: string;
  readonly args: string;
  readonly returns: string;
  readonly body: string;
  readonly executor: Executor;
}

/**
 * A side as a function with our own rights may deal with it, and the functions that it calls for that: they lock the
 * table's rows, and work out its defaults and conditions, with the rights of its owner. What is left over casts to no
 * type of a role that is not trusted: the function that writes the legacy table does.
 *
 * @param schema - of our table: another one may have rows of the same legacy table
 */
export function atArmsLength(
  side: LegacySide,
  schema: string,
): {
  /** For rows of the unified table. */
  readonly merged: LegacySide;
  /** For rows that are kept whole, each column in the type that it is kept in. */
  readonly whole: LegacySide;
  readonly functions: readonly OwnerFunction[];
} {
  if (side.executor.isOurs) return { merged: side, whole: side, functions: [] };
  const { executor, source } = side;
  const functions: OwnerFunction[] = [];
  const make = (what: readonly string[], rest: Pick<OwnerFunction, 'args' | 'returns' | 'body'>): string => {
    const [kind = '', ...column] = what;
    const name = generatedName(kind, schema, source.table.home, source.table.name, ...column);
    functions.push({ name, executor, ...rest });
    return qualified(FUNCTIONS_SCHEMA, name);
  };
  const columns = side.columns.map((column): LegacyColumn => {
    const bound = column.isForeign ? withoutForeignType(side, column.bound) : column.bound;
    const { name, type } = column.bound;
    const stored = bound.home.kind === 'own' ? bound.home.stored : storedType(type);
    const isGolden = bound.home.kind === 'golden' || bound.home.kind === 'member';
    return {
      ...column,
      bound,
      default:
        column.default === null || isPlain(column.default)
          ? column.default
          : `${make(['default', name], { args: '', returns: stored, body: `begin return (${column.default})::${stored}; end` })}()`,
      fits:
        isGolden && (column.checks.length > 0 || column.isForeign)
          ? make(['fits', name], {
              args: bound.type.name,
              returns: 'boolean',
              body: `#variable_conflict use_variable\ndeclare ${ident(name)} ${type.name} := $1; begin return ${conditions(column)}; end`,
            })
          : null,
    };
  });
  const hold = side.identity.length === 0 ? null : make(['hold'], lockFunction(side));
  const whole = columns.map((column, at) => ({ ...column, bound: side.columns[at]?.bound ?? column.bound }));
  return { merged: { ...side, columns, hold }, whole: { ...side, columns: whole }, functions };
}

function conditions({ checks }: LegacyColumn): string {
  return checks.length === 0 ? 'true' : checks.map((check) => `coalesce(${check}, true)`).join(' and ');
}

/** It takes the values of our row's columns, and makes those of the legacy row of them itself. */
function lockFunction(side: LegacySide): Pick<OwnerFunction, 'args' | 'returns' | 'body'> {
  const args = side.identity.map(({ home, type }) =>
    home.kind === 'own' ? home.stored : home.kind === 'id' ? 'uuid' : type.name,
  );
  const ours = side.identity.map((column, at) => `$${at + 1} as ${ident(placeOf(column))}`).join(', ');
  const value = (column: BoundColumn, alias: string) => fromUnified(side.source, column, alias);
  return {
    args: args.join(', '),
    returns: 'void',
    body: `begin ${lockRow(side, value, 'o', `, (select ${ours}) o`)} end`,
  };
}

/** The same column as if it had the type below its domain, or text where it is an enum. */
function withoutForeignType(side: LegacySide, bound: BoundColumn): BoundColumn {
  const { home, type, name } = bound;
  if (home.kind === 'id') return bound;
  if (home.kind === 'own') return { ...bound, type: keptType(type, home.stored) };
  const text = { ...type, name: 'text', base: 'text', kind: 'text', category: 'S', hasModifier: false };
  const plain = type.kind.startsWith('other.') ? text : { ...type, name: type.base };
  const rule = side.source.rule.homes.get(name);
  const again =
    rule?.kind === 'golden' || rule?.kind === 'member'
      ? boundHome(rule, { type: plain }, side.source.table)
      : null;
  if (again === null)
    throw new Error(`column ${name} of ${side.source.table.name} has a type of another kind`);
  return { ...bound, type: plain, home: again };
}

/** Defaults that are none of the owner's code: constants of the server's types, the time, a new uuid, the next number. */
const PLAIN = [
  /^-?\d+(\.\d+)?$/,
  /^(true|false|now\(\)|CURRENT_TIMESTAMP|CURRENT_DATE|gen_random_uuid\(\))$/,
  /^'([^'\\]|'')*'::[a-z ]+(\(\d+(,\d+)?\))?( (with|without) time zone)?(\[\])?$/,
  /^nextval\(\d+::oid::regclass\)$/,
];

function isPlain(expression: string): boolean {
  return PLAIN.some((pattern) => pattern.test(expression));
}
