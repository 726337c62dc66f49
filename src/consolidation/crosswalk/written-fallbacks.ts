import { ident, literal } from '../../db/identifier.js';
import type { ConsolidationModel, ConversionModel, GiverModel, GoldenModel } from '../../declare/model.js';
import { goldenOf } from '../../declare/model.js';
import type { BoundPhase } from '../../mapping/bind.js';
import { firstWordsSql } from '../../mapping/first-words.js';
import { fromUnified } from '../../mapping/restore.js';
import type { FallbackRule } from '../../mapping/reverse.js';
import { placeOf } from './places.js';
import { type Remade, textVariable } from './written-keys.js';

/** The shared columns that the crosswalk may give a value, with what they fall back to. @param model as it is found */
export function remadeColumns(model: ConsolidationModel, bound: BoundPhase): Remade[] {
  const found = goldenOf(model).filter(({ fallbacks = [] }) =>
    fallbacks.some(({ kind }) => kind === 'crosswalk'),
  );
  return found.map((golden, at) => ({
    column: golden.name,
    variable: `v_remade_${at + 1}`,
    value: `coalesce(${[...fallbackValues(golden, model, bound), ...constant(golden)].join(', ')})`,
    madeOf: (golden.fallbacks ?? []).flatMap((fallback) =>
      fallback.kind === 'value-of' ? [fallback.column] : [],
    ),
  }));
}

const constant = ({ otherwise }: GoldenModel) => (otherwise === null ? [] : [literal(otherwise)]);

/** SQL over `new` of what stands behind the givers of a column, in order. */
function fallbackValues(
  { fallbacks = [] }: GoldenModel,
  model: ConsolidationModel,
  bound: BoundPhase,
): string[] {
  return fallbacks.flatMap((fallback) => {
    if (fallback.kind === 'crosswalk') return [textVariable(fallback.column)];
    const { column, words } = fallback;
    const golden = goldenOf(model).find(({ name }) => name === column);
    if (words === null || golden === undefined) return [`new.${ident(column)}`];
    return textsOf(golden, bound).map((text) => `nullif(${firstWordsSql(text, words)}, '')`);
  });
}

/** A shared text and what its givers say, as far as that is another one: an update of what is made of it leaves it as it is. */
function textsOf({ name, givers }: GoldenModel, bound: BoundPhase): string[] {
  const value = `new.${ident(name)}`;
  const others = givers.flatMap((giver) => {
    const source = bound.sources.find(({ rule }) => rule.table === giver.table);
    const column = source?.columns.find((one) => one.name === giver.column);
    if (source === undefined || column === undefined || column.home.kind !== 'golden') return [];
    const flag = source.rule.flag;
    if (flag === null) return [];
    return [
      `case when tg_op = 'UPDATE' and new.${ident(flag)} and ${value} is not distinct from old.${ident(name)} then (${fromUnified(source, column, 'new')})::text end`,
    ];
  });
  return [value, ...others];
}

/** A fallback that a direct write works out from the row itself. */
export interface OwnFallback extends FallbackRule {
  readonly column: string;
  /** Whether a row that has no value gets this one. */
  readonly fills: boolean;
}

/**
 * Fallbacks to columns that have a place of their own, and to constants. Of words it is worked out what they become; what a
 * number becomes is not: no value that is written counts as that one, and the next sync makes it.
 */
export function ownFallbacks(model: ConsolidationModel, bound: BoundPhase): OwnFallback[] {
  return goldenOf(model).flatMap((golden): OwnFallback[] => {
    const { name: column, fallbacks, otherwise } = golden;
    if (fallbacks !== undefined) return [];
    const own = golden.givers.filter(({ keepsOwn }) => keepsOwn).flatMap((giver) => placedIn(giver, bound));
    const last = otherwise === null ? 'null' : literal(otherwise);
    if (own.length === 0)
      return otherwise === null ? [] : [{ column, value: last, follows: 'true', fills: true }];
    const isKnown = own.every(({ conversion }) => conversion.kind === 'words');
    const value = bySource(own).reduceRight((next, { flag, values, isNeverNull }) => {
      const first = isNeverNull ? (values[0] as string) : `coalesce(${values.join(', ')})`;
      return isNeverNull || next === 'null'
        ? `case when new.${ident(flag)} then ${first} else ${next} end`
        : `coalesce(case when new.${ident(flag)} then ${first} end, ${next})`;
    }, last);
    return [{ column, value, follows: isKnown ? 'true' : null, fills: isKnown }];
  });
}

interface Placed {
  readonly flag: string;
  readonly conversion: ConversionModel;
  /** SQL of the shared value. */
  readonly value: string;
}

function placedIn({ table, column, conversion }: GiverModel, bound: BoundPhase): Placed[] {
  const source = bound.sources.find(({ rule }) => rule.table === table);
  const place = placeOf(source, column);
  const flag = source?.rule.flag ?? null;
  if (place === undefined || flag === null) return [];
  if (conversion.kind !== 'words')
    return [{ flag, conversion, value: `case when ${place.now} is not null then -1 end` }];
  return [{ flag, conversion, value: wordsSql(place.now, place.kind, conversion) }];
}

/** SQL: the word that a raw one of some kind becomes; a `char(n)` is filled up with blanks that a merge does not see. */
export function wordsSql(
  raw: string,
  kind: string,
  { words, otherwise }: Extract<ConversionModel, { kind: 'words' }>,
): string {
  const cases = [...words].map(([word, becomes]) => `when ${literal(word)} then ${literal(becomes)}`);
  const last = otherwise === null ? 'null' : literal(otherwise);
  const text = kind === 'bpchar' ? `rtrim(concat(${raw}), ' ')` : `concat(${raw})`;
  return `(case ${text} collate "C" ${cases.join(' ')} else ${last} end)`;
}

interface Values {
  readonly flag: string;
  readonly values: readonly string[];
  /** Whether the first of them is a value in any case. */
  readonly isNeverNull: boolean;
}

function bySource(placed: readonly Placed[]): Values[] {
  const flags = [...new Set(placed.map(({ flag }) => flag))];
  return flags.map((flag) => {
    const own = placed.filter((one) => one.flag === flag);
    const conversion = own[0]?.conversion;
    return {
      flag,
      values: own.map(({ value }) => value),
      isNeverNull: conversion?.kind === 'words' && conversion.otherwise !== null,
    };
  });
}
