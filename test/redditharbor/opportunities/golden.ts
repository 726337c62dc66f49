import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type LegacyMixture, mixtureOf, SHAPE_A, SHAPE_B, SHAPE_B_DLT } from '../../../fixtures/mixture.js';

/**
 * What the hand-written phase gave before the declaration took its place (version 7a17f04 with what was mended since), as
 * hashes: of everything that a phase says in SQL or by name, by `described.ts`; and of the rows that a run makes of generated
 * data. `DRYDOCK_GOLDEN=write` writes them anew, from what is there now.
 *
 * One section was written anew since, as a change that was meant: `reverse`, when direct writes were refused which would have the
 * id of a unified row made anew (`drydock_id`): of a row without an opportunity it follows from what the row is keyed by.
 */
export interface Golden {
  /** By mixture and section. */
  readonly phases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By mixture and table. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const FILE = new URL('golden.json', import.meta.url);

export const golden = JSON.parse(readFileSync(FILE, 'utf8')) as Golden;

export function writeGolden(
  part: keyof Golden,
  name: string,
  hashes: Readonly<Record<string, string>>,
): void {
  const all = JSON.parse(readFileSync(FILE, 'utf8')) as Golden;
  writeFileSync(FILE, `${JSON.stringify({ ...all, [part]: { ...all[part], [name]: hashes } }, null, 2)}\n`);
}

export const MIXTURES: readonly LegacyMixture[] = [
  SHAPE_A,
  SHAPE_B,
  SHAPE_B_DLT,
  mixtureOf({ workflowResults: 'A' }),
  mixtureOf({ submissions: 'none', workflowResults: 'A' }),
  mixtureOf({ submissions: 'A', opportunities: 'none' }),
  mixtureOf({ submissions: 'A', opportunities: 'none', workflowResults: 'A' }),
  mixtureOf({ opportunities: 'A', appOpportunities: 'dlt' }),
  mixtureOf({ appOpportunities: 'none', workflowResults: 'none' }),
];

/**
 * The changes that were meant, each with its reason. What the declaration gives is put back by them before it is compared: all
 * that is left has to be what the hand-written phase gave, byte for byte.
 */
const CHANGES: readonly (readonly [section: string, now: string, before: string, why: string])[] = [
  ['keyed', 'drydock_known_opportunities', 'drydock_known', 'each consolidation has scratch tables of its own'],
  ['resolution', 'drydock_known_opportunities', 'drydock_known', 'the same'],
  ['resolution', 'drydock_named_opportunities', 'drydock_named', 'the same'],
  ['keyed', 'pointed as materialized', 'opportunity as materialized', 'the engine knows no name of a table'],
  ['keyed', 'from pointed o', 'from opportunity o', 'the same'],
  ['keyed', 'join pointed o', 'join opportunity o', 'the same'],
  ['reverse', 'v_remade_1', 'v_retitled', 'the same'],
  ['reverse', 'crosswalk_opportunities_public_', 'submission_public_', 'the same'],
  ['reverse', 'key_opportunities_public_', 'opportunity_key_public_', 'the same'],
  ['reverse', 'name the submission in another way', 'name the submission by its Reddit id', 'the same'],
  ['reverse', 'is one opportunity and what', 'is one idea and what', 'a word for all consolidations'],
  ['reverse', 'a second opportunity of one', 'a second idea of one', 'the same'],
  ['invariants', 'generated columns equal', 'generated scores equal', 'the same'],
  ['invariants', '(select (opportunity_score)::numeric(5,2) from (select u.*) x)', 'u.opportunity_score', 'made of the SQL of the column'],
]; // biome-ignore format: a table

/** The same of what is written in more than one way: names may be in quotes, and variables come in another order. */
function spelled(section: string, value: unknown): string {
  let text = JSON.stringify(value).replaceAll('\\"', '');
  if (section === 'reverse') {
    text = text.replace(
      /"declare":"([^"]*)"/,
      (_all, variables: string) => `"declare":"${variables.split(/; ?/).sort().join('; ')}"`,
    );
    // A table that has no column for the raw id is asked with none.
    text = text.replaceAll(
      'v_pointer as submission_id, v_raw as opportunity_id,',
      'v_pointer as submission_id,',
    );
  }
  return text;
}

/** Hashes of what a phase says, by section. */
export function hashesOf(
  described: Readonly<Record<string, unknown>>,
  { appOpportunities }: Pick<LegacyMixture, 'appOpportunities'>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(described).map(([section, value]) => {
      let text = spelled(section, value);
      // Notes have a column whatever app_opportunities has, as the other texts of it do.
      if (section === 'tables' && appOpportunities === 'none') text = text.replace('"notes text",', '');
      for (const [of, now, before] of CHANGES) if (of === section) text = text.replaceAll(now, before);
      return [section, createHash('sha256').update(text).digest('hex').slice(0, 16)];
    }),
  );
}
