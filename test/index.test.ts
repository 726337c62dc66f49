import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { dependencies, exports: entries } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, { readonly default: string } | string>>;
};

/** The packages that the declarations of the built library name: whoever compiles against it compiles these too. */
function namedPackages(): ReadonlySet<string> {
  const packages = new Set<string>();
  const files = new Set([join(ROOT, 'dist', 'src', 'index.d.ts')]);
  for (const file of files) {
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)[\s(]+'([^']+)'/g)) {
      if (specifier.startsWith('.')) files.add(join(dirname(file), specifier.replace(/\.js$/, '.d.ts')));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  }
  return packages;
}

test('what the declarations of the library need is installed with it', () => {
  const named = namedPackages();
  expect(named).toContain('pg');
  const typed = new Set(readdirSync(join(ROOT, 'node_modules', '@types')));
  const needed = [...named].flatMap((name) => [name, ...(typed.has(name) ? [`@types/${name}`] : [])]);
  expect(needed.filter((name) => !(name in dependencies))).toEqual([]);
});

// Here sources are loaded by another loader, which takes an import of what only types have.
test.each(Object.values(entries).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.default])))(
  'what is built loads as it is: %s',
  async (file) => {
    const load = `await import(${JSON.stringify(pathToFileURL(join(ROOT, file)).href)})`;
    const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', load]);
    expect(stderr).toBe('');
  },
);
