import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

/** As the build leaves it beside this file's folder. */
const PAGE = fileURLToPath(new URL('../page/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** All files of the page, by path. They are read once: no path of a request ever reaches the file system. */
export async function loadAssets(): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>();
  for (const name of await readdir(PAGE)) {
    const type = TYPES[extname(name)];
    if (type !== undefined) assets.set(`/${name}`, { type, body: await readFile(`${PAGE}${name}`) });
  }
  return assets;
}
