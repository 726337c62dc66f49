import { readFileSync } from 'node:fs';

/** The version in package.json, three folders above where this file is compiled to. */
export function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  return (manifest as { readonly version: string }).version;
}
