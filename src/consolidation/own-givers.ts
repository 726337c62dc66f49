import { ident } from '../db/identifier.js';
import { type ConsolidationModel, type GoldenModel, goldenOf, isComputed } from '../declare/model.js';
import { fromUnified } from '../mapping/restore.js';
import { type FallbackRule, refuse } from '../mapping/reverse.js';
import { hasFolded, type Tables } from './folded-rows.js';
import type { BoundSources } from './keys.js';
import { flag, OLD_NAMES, ownGift, restored, unlessNew } from './written-row.js';

/** What a direct write does to shared columns with givers that no value can be written to by them. */

type Fallbacks = Readonly<Record<string, FallbackRule>>;

/** Givers of a shared column that have a home of their own, or are worked out from a row: their value would win again. */
function ownGiftsOf(golden: GoldenModel, sources: BoundSources) {
  const isFirst = golden.survivorship === 'precedence' && golden.together === null;
  return golden.givers.flatMap((giver, at) => {
    const source = sources.get(giver.table);
    const gift = source === undefined ? null : ownGift(giver, source, golden);
    if (source === undefined || gift === null) return [];
    const earlier = golden.givers.slice(0, at).flatMap((other) => {
      const of = sources.get(other.table);
      if (of === undefined) return [];
      if (golden.nullsCount === true) return [flag(of.model)];
      const own = ownGift(other, of, golden)?.value;
      const column = of.bound.columns.find(({ name }) => name === other.column);
      const given = own ?? (column === undefined ? null : fromUnified(of.bound, column, 'new'));
      return given === null ? [] : [`(${flag(of.model)} and (${given}) is not null)`];
    });
    const wins = !isFirst || earlier.length === 0 ? 'true' : `not (${earlier.join(' or ')})`;
    const answers = golden.nullsCount === true ? 'true' : `(${gift.value}) is not null`;
    return [{ gift, isFirst, counts: `${flag(source.model)} and ${answers} and ${wins}` }];
  });
}

/** plpgsql that gives shared columns what columns with a home of their own say, unless they are written themselves. */
export function takenFromOwnGivers(
  model: ConsolidationModel,
  sources: BoundSources,
  fallbacks: Fallbacks,
): string[] {
  return goldenOf(model).flatMap((golden) => {
    const value = `new.${ident(golden.name)}`;
    const otherwise = fallbacks[golden.name]?.value ?? 'null';
    const before = `(case when tg_op = 'UPDATE' then old.${ident(golden.name)} else ${otherwise} end)`;
    return ownGiftsOf(golden, sources).flatMap(({ gift, isFirst, counts }) =>
      gift.isGolden || gift.given === null || !isFirst
        ? []
        : [
            `if ${value} is not distinct from ${before} and ${counts} then ${value} := coalesce(${gift.given}, ${value}); end if;`,
          ],
    );
  });
}

/**
 * plpgsql for shared columns with a giver that has a home of its own, or that is worked out from a row: another value than
 * its own is refused; and what is worked out follows what it is made of.
 */
export function ownGivers(
  model: ConsolidationModel,
  sources: BoundSources,
  { fallbacks, tables }: { readonly fallbacks: Fallbacks; readonly tables: Tables },
): string[] {
  return goldenOf(model).flatMap((golden) => [
    ...ownGiftsOf(golden, sources).flatMap(({ gift, isFirst, counts }) => {
      const value = `new.${ident(golden.name)}`;
      const before = unlessNew(`old.${ident(golden.name)}`);
      return [
        `if ${counts} then`,
        `if ${value} is distinct from ${before} and not (${gift.makes(value)}) then`,
        refuse(
          'golden',
          `Column ${golden.name} comes from ${gift.name}, which would give it its value again.`,
          `Write that. ${OLD_NAMES}`,
        ),
        'end if;',
        ...(gift.isGolden && isFirst ? [`${value} := ${gift.value};`] : []),
        'end if;',
      ];
    }),
    ...givenByNone(golden, sources, { otherwise: fallbacks[golden.name]?.value ?? 'null', tables }),
  ]);
}

/** plpgsql for a shared column that is worked out from rows, where none has a value for it now. */
function givenByNone(
  golden: GoldenModel,
  sources: BoundSources,
  { otherwise, tables }: { readonly otherwise: string; readonly tables: Tables },
): string[] {
  const { name, givers, survivorship } = golden;
  if (!givers.some(isComputed)) return [];
  const given = givers.flatMap((giver) => {
    const source = sources.get(giver.table);
    if (source === undefined) return [];
    const own = ownGift(giver, source, golden)?.value ?? restored(source.bound, giver.column);
    return [`(${flag(source.model)} and (${own}) is not null)`];
  });
  const value = `new.${ident(name)}`;
  // A duplicate may fill it.
  const byNone = survivorship === 'filled' ? ` and not (tg_op = 'UPDATE' and ${hasFolded(tables)})` : '';
  return [
    `if not (${['false', ...given].join(' or ')})${byNone} then`,
    `if ${value}::text is distinct from (${otherwise})::text and ${value}::text is distinct from ${unlessNew(`old.${ident(name)}::text`)} then`,
    refuse(
      'golden',
      `Column ${name} is worked out from legacy rows, which give it no value.`,
      `Write their columns. ${OLD_NAMES}`,
    ),
    'end if;',
    `${value} := ${otherwise};`,
    'end if;',
  ];
}
