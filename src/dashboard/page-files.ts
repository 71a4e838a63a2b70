import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** How a file is written for those who can read it so. The best first. */
export const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** One file that the page loads. Its name changes with its contents. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly compressed: Partial<Readonly<Record<Encoding, Buffer>>>;
}

/** Two folders up is the package, from `src/` and from `dist/` alike. */
const FOLDER = join(__dirname, '..', '..', 'dashboard', 'dist');

/** A file of any other kind is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};
const SUFFIXES: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' };

/** The page as `npm run page` has built it. */
export class PageFiles {
  private readonly files: ReadonlyMap<string, PageFile>;
  private readonly template: string;

  /** @throws Error where it has not been built */
  constructor(private readonly options: string) {
    const html = join(FOLDER, 'index.html');
    if (!existsSync(html)) throw new Error('The page at /api-management has not been built: npm run page');
    this.template = readFileSync(html, 'utf8');
    const assets = join(FOLDER, 'assets');
    this.files = new Map(
      readdirSync(assets).flatMap((name) => {
        const type = TYPES[extname(name)];
        return type === undefined
          ? []
          : [[name, { type, bytes: readFileSync(join(assets, name)), compressed: readCompressed(join(assets, name)) }]];
      }),
    );
  }

  /** The page for one answer. @param nonce of its Content-Security-Policy */
  html(nonce: string): string {
    return this.template.replaceAll('{{nonce}}', nonce).replace('{{options}}', () => this.options);
  }

  find(name: string): PageFile | undefined {
    return this.files.get(name);
  }
}

function readCompressed(file: string): PageFile['compressed'] {
  return Object.fromEntries(
    ENCODINGS.filter((encoding) => existsSync(file + SUFFIXES[encoding])).map((encoding) => [
      encoding,
      readFileSync(file + SUFFIXES[encoding]),
    ]),
  );
}
