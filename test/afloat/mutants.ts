import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlantedBug } from '../faults/mutants/mutant.js';
import { plant } from '../faults/mutants/plant.js';
import { voyage } from './voyage.js';

/** Bugs that tools of this kind have had. Each is planted alone; the oracle, which knows nothing of it, has to see it. */
export const AFLOAT_MUTANTS: readonly PlantedBug[] = [
  {
    name: 'capture forgets what is inserted',
    blind: true,
    edits: [
      {
        file: 'capture/triggers.js',
        find: `\${record('insert', raw('new_rows'))}`,
        replace: 'null;',
      },
    ],
  },
  {
    name: 'capture forgets what is deleted',
    blind: true,
    edits: [
      {
        file: 'capture/triggers.js',
        find: `\${record('delete', raw('old_rows'))}`,
        replace: 'null;',
      },
    ],
  },
  {
    name: 'a portion throws away more changes than it applies',
    blind: true,
    edits: [
      {
        file: 'ledger/changes.js',
        find: "intoScratch('gone')",
        replace: "intoScratch('gone limit 5')",
      },
    ],
  },
  {
    name: 'a direct write overwrites newer values with those that were merged last',
    blind: true,
    edits: [
      {
        file: 'cutover/reverse/statements.js',
        find: `else r.\${ident(column.name)} end\``,
        replace: `else \${legacyValue(column, 'n')} end\``,
      },
    ],
  },
  {
    name: 'reverse capture stays switched off',
    blind: true,
    edits: [
      {
        file: 'cutover/reverse/install.js',
        find: "switchTriggers(session, targets, 'enable always')",
        replace: "switchTriggers(session, targets, 'disable')",
      },
    ],
  },
  {
    name: 'a rollback forgets the newest rows',
    blind: true,
    edits: [
      {
        file: 'cutover/revert.js',
        find: '[...before, ...tables.flatMap(moveBack)',
        replace: `[...before, ...tables.map((table) => \`delete from drydock_legacy.\${table.name} where ctid in (select ctid from drydock_legacy.\${table.name} order by xmin::text::bigint desc limit 3)\`), ...tables.flatMap(moveBack)`,
      },
    ],
  },
  {
    name: 'the views under the old names take no on conflict',
    edits: [
      {
        file: 'cutover/old-names.js',
        find: `as select \${columns} from \${qualified(LEGACY_SCHEMA, table.name)}`,
        replace: `as select \${columns} from \${qualified(LEGACY_SCHEMA, table.name)} offset 0`,
      },
    ],
  },
  {
    name: 'the views under the old names show every row to every role',
    edits: [
      {
        file: 'cutover/old-names.js',
        find: "' with (security_invoker = true)'",
        replace: "''",
      },
    ],
  },
];

const MUTANT_SECONDS = 10;

/**
 * Takes each mutant through a short voyage without faults.
 *
 * @returns the names of those that nobody noticed
 */
export async function runAfloatMutants(
  main: string,
  seed: number,
  say: (line: string) => void,
): Promise<string[]> {
  const unnoticed: string[] = [];
  for (const mutant of AFLOAT_MUTANTS) {
    const directory = mkdtempSync(join(tmpdir(), 'drydock-mutant-'));
    try {
      const { problems } = await voyage({
        main: plant(mutant, main, directory),
        seconds: MUTANT_SECONDS,
        writes: 0,
        cycles: 1,
        seed,
        writers: 3,
        submissions: 100,
        quietRun: false,
        faults: 0,
        say: () => undefined,
      });
      say(`${problems.length > 0 ? '✔ noticed' : '✘ NOT noticed'}: ${mutant.name}`);
      for (const problem of problems.slice(0, 1)) say(`    ${problem.slice(0, 200)}`);
      if (problems.length === 0) unnoticed.push(mutant.name);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
  return unnoticed;
}
