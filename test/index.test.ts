import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

/** The packages that the declarations of the built library name: whoever compiles against it compiles these too. */
function namedPackages(): ReadonlySet<string> {
  const packages = new Set<string>();
  const files = new Set([join(ROOT, 'dist', 'src', 'index.d.ts')]);
  for (const file of files) {
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)[\s(]*'([^']+)'/g)) {
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
