import { existsSync, readFileSync } from 'node:fs';

/** The version in our package.json: the nearest one above this file, compiled or not. */
export function version(): string {
  let place = new URL('./package.json', import.meta.url);
  while (!existsSync(place)) {
    const above = new URL('../package.json', place);
    if (above.href === place.href) throw new Error('there is no package.json above the program');
    place = above;
  }
  return (JSON.parse(readFileSync(place, 'utf8')) as { readonly version: string }).version;
}
