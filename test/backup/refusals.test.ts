import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { mixtureOf } from '../../fixtures/mixture.js';
import { checkTable } from '../../src/backup/check.js';
import { type ManifestBody, type ManifestTable, sealManifest } from '../../src/backup/manifest.js';
import { backup, restore } from '../../src/index.js';
import { catalogOf } from '../support/catalog.js';
import { prepared } from '../support/prepared.js';
import { workDirectory } from './place.js';

/** A backup that may be damaged, and a database into which it would go but for the damage. */
async function sound() {
  const database = await prepared({ mixture: mixtureOf({}), submissions: 20, oddShare: 0 });
  const directory = join(workDirectory(), 'backup');
  await backup({ databaseUrl: database.url, to: directory, phases: ['opportunities'] });
  return { database, directory };
}

const file = (directory: string, name: string) => join(directory, name);
const DATA = '02-opportunities.copy.gz';

/** Writes a manifest anew, as somebody would who can write in the directory. */
function reseal(directory: string, change: (manifest: ManifestBody) => unknown): void {
  const { hash: _, ...manifest } = JSON.parse(readFileSync(file(directory, 'manifest.json'), 'utf8'));
  rmSync(file(directory, 'schema.sql'), { force: true });
  const schema = readFileSync(file(directory, 'schema.json'));
  manifest.files = [
    { name: 'schema.json', bytes: schema.length, sha256: createHash('sha256').update(schema).digest('hex') },
  ];
  writeFileSync(file(directory, 'manifest.json'), sealManifest(change(manifest) as ManifestBody).text);
}

function edit(directory: string, name: string, change: (text: string) => string): void {
  writeFileSync(file(directory, name), change(readFileSync(file(directory, name), 'utf8')));
}

const DAMAGE: readonly (readonly [string, string, (directory: string) => void])[] = [
  ['a file cut short', 'damaged-backup', (d) => truncateSync(file(d, DATA), 500)],
  ['a file with more behind its end', 'damaged-backup', (d) => appendFileSync(file(d, DATA), 'x')],
  [
    'one changed byte',
    'damaged-backup',
    (d) => {
      const bytes = readFileSync(file(d, DATA));
      bytes[600] = (bytes[600] ?? 0) ^ 1;
      writeFileSync(file(d, DATA), bytes);
    },
  ],
  [
    'a description that would take ours',
    'damaged-backup',
    (d) => truncateSync(file(d, 'manifest.json'), 600 << 20),
  ],
  ['a file missing', 'damaged-backup', (d) => rmSync(file(d, DATA))],
  ['a file too many', 'damaged-backup', (d) => writeFileSync(file(d, 'notes.txt'), '')],
  ['no manifest', 'damaged-backup', (d) => rmSync(file(d, 'manifest.json'))],
  ['half a manifest', 'damaged-backup', (d) => truncateSync(file(d, 'manifest.json'), 2_000)],
  [
    'another number in the manifest',
    'damaged-backup',
    (d) => edit(d, 'manifest.json', (t) => t.replace(/"rows": \d+/, '"rows": 7')),
  ],
  ['other definitions', 'damaged-backup', (d) => edit(d, 'schema.json', (t) => t.replace('uuid', 'text'))],
  [
    'another version',
    'other-backup-version',
    (d) => edit(d, 'manifest.json', (t) => t.replace('"version": 1', '"version": 2')),
  ],
  ['a file that others may write', 'unprotected-backup', (d) => chmodSync(file(d, DATA), 0o666)],
  ['a directory that others may write', 'unprotected-backup', (d) => chmodSync(d, 0o777)],
  [
    'a link in the place of a file',
    'damaged-backup',
    (d) => {
      cpSync(file(d, DATA), `${d}.elsewhere`);
      rmSync(file(d, DATA));
      symlinkSync(`${d}.elsewhere`, file(d, DATA));
    },
  ],
  [
    'a second statement behind a default, under a seal made anew',
    'restore-refused',
    (d) => {
      edit(d, 'schema.json', (t) =>
        t.replaceAll(
          '"default":"gen_random_uuid()"',
          '"default":"null); create table public.planted (id int); --"',
        ),
      );
      edit(d, 'schema.json', (t) =>
        t.replaceAll(
          '"default": "gen_random_uuid()"',
          '"default": "null); create table public.planted (id int); --"',
        ),
      );
      reseal(d, (manifest) => manifest);
    },
  ],
];

test('whatever was done to a backup, it is refused before anything is written', async () => {
  const { database, directory } = await sound();
  const before = await catalogOf(database);
  for (const [what, code, harm] of DAMAGE) {
    const copy = `${directory}-${DAMAGE.findIndex(([name]) => name === what)}`;
    cpSync(directory, copy, { recursive: true });
    chmodSync(copy, 0o700);
    harm(copy);
    await expect(
      restore({ databaseUrl: database.url, from: copy, into: 'harmed' }),
      what,
    ).rejects.toMatchObject({ code });
    expect(await catalogOf(database), what).toEqual(before);
  }
  // None of this would have been taken anyway: the untouched one is.
  expect(await restore({ databaseUrl: database.url, from: directory, into: 'sound' })).toMatchObject({
    equal: true,
  });
  // What is there is never replaced.
  const after = await catalogOf(database);
  const refusals = [
    [{}, 'exists'],
    [{ into: 'sound' }, 'schema-not-empty'],
    [{ tables: ['opportunities'] }, 'exists'],
    [{ tables: ['no_such'] }, 'not-in-backup'],
    [{ from: join(directory, 'nowhere') }, 'damaged-backup'],
  ] as const;
  for (const [options, code] of refusals) {
    await expect(
      restore({ databaseUrl: database.url, from: directory, ...options }),
      code,
    ).rejects.toMatchObject({ code });
  }
  expect(await catalogOf(database)).toEqual(after);
});

test('a path in a manifest leads nowhere outside the directory', () => {
  const manifest = {
    files: [{ name: '../secret', bytes: 1, sha256: '0'.repeat(64) }],
  } as unknown as ManifestBody;
  expect(() => sealManifest(manifest)).toThrow();
});

test('a place where no backup can be made is named', async () => {
  const database = await prepared({ mixture: mixtureOf({}), submissions: 1, oddShare: 0 });
  const to = join(workDirectory(), 'n'.repeat(300));
  await expect(backup({ databaseUrl: database.url, to })).rejects.toMatchObject({
    code: 'not-accessible',
    message: expect.stringContaining(to),
  });
});

test('a line that would take the memory of a server is refused while it is read', async () => {
  const directory = workDirectory();
  // Ten members of gzip are one stream: a line of 600 MiB, in a file of a few hundred kilobytes.
  const member = gzipSync(Buffer.alloc(60 << 20, 'x'), { level: 1 });
  for (let n = 0; n < 10; n += 1) appendFileSync(file(directory, DATA), member);
  const table = { file: DATA } as ManifestTable;
  await expect(checkTable(directory, table, undefined)).rejects.toMatchObject({
    code: 'damaged-backup',
    message: expect.stringContaining('a row is longer than 512 MiB'),
  });
});
