import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** One file that the page loads. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
}

/** Two folders up is the package, from `src/` and from `dist/` alike. */
const FOLDER = join(__dirname, '..', '..', 'dashboard');

/** A file of any other kind is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

const files: ReadonlyMap<string, PageFile> = new Map(
  readdirSync(FOLDER)
    .toSorted()
    .flatMap((name) => {
      const type = TYPES[extname(name)];
      return type === undefined ? [] : [[name, { type, text: readFileSync(join(FOLDER, name), 'utf8') }]];
    }),
);

/** Changes with any of the files: they import each other by relative paths, so they share one folder that browsers may keep for ever. */
export const PAGE_VERSION = [...files]
  .reduce((digest, [name, { text }]) => digest.update(`${name}\0${text}\0`), createHash('sha256'))
  .digest('hex')
  .slice(0, 12);

const ASSETS = `/api-management/assets/${PAGE_VERSION}`;

const preloads = [...files.keys()]
  .filter((name) => name.endsWith('.js'))
  .map((name) => `<link rel="modulepreload" href="${ASSETS}/${name}" />`);

/** The same for everybody: what a person sees comes from the API. */
export const PAGE = readFileSync(join(FOLDER, 'index.html'), 'utf8')
  .replace('<!-- preloads -->', preloads.join('\n    '))
  .replaceAll('{{assets}}', ASSETS);

export const findPageFile = (version: string, name: string): PageFile | undefined =>
  version === PAGE_VERSION ? files.get(name) : undefined;
