import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts = require('typescript');

/** A sentence of one of the five documents that this repository keeps, by its id there. */
interface Statement {
  readonly id: string;
  readonly kind: string;
  readonly statement: string;
  /** Where a reader finds it, for what no call can prove. */
  readonly texts?: ReadonlyArray<{ readonly file: string; readonly quote: string }>;
}

/** How a contradiction between the documents, or within one, is resolved. */
interface Resolution {
  readonly resolution: number;
  /** Which statements disagree. */
  readonly between: string;
  readonly reading: string;
  /** Those that would fail under another reading. */
  readonly tests: ReadonlyArray<{ readonly file: string; readonly name: string }>;
}

const ROOT = join(__dirname, '..');
const SYSTEMS: Readonly<Record<string, { readonly name: string; readonly count: number; readonly tests: RegExp }>> = {
  T: { name: 'the service', count: 38, tests: /^test\/[^/]+\.e2e-spec\.ts$/ },
  C: { name: 'examples/crm', count: 30, tests: /^examples\/crm\/crm\.e2e-spec\.ts$/ },
  K: { name: 'examples/knowledge-hub', count: 25, tests: /^examples\/knowledge-hub\/knowledge-hub\.e2e-spec\.ts$/ },
  G: { name: 'examples/payments', count: 24, tests: /^examples\/payments\/payments\.e2e-spec\.ts$/ },
  W: { name: 'examples/whatsapp-manager', count: 17, tests: /^examples\/whatsapp-manager\/whatsapp-manager\.e2e-spec\.ts$/ },
};

/** Practices, elements of pages, and what a document leaves open: there is nothing to call, only something to read. */
const IS_READ = new Set(['P', 'D', '—']);

const resolutions = JSON.parse(readFileSync(join(__dirname, 'conformance-resolutions.json'), 'utf8')) as Resolution[];
const statements = JSON.parse(readFileSync(join(__dirname, 'conformance.json'), 'utf8')) as Statement[];
const proven = idsInTestNames();

describe.each(Object.entries(SYSTEMS))('of the statements %s', (letter, { name, count, tests }) => {
  const own = statements.filter(({ id }) => id.startsWith(letter));

  it('none has been lost', () => {
    const ids = Array.from({ length: count }, (_id, i) => `${letter}${String(i + 1).padStart(2, '0')}`);
    expect(own.map(({ id }) => id)).toEqual(ids);
  });

  it(`each that can be called is proven by a test of ${name} whose name begins with it`, () => {
    const missing = own.filter(({ id, kind }) => !isRead(kind) && ![...(proven.get(id) ?? [])].some((file) => tests.test(file)));
    expect(missing.map(({ id, kind, statement }) => `${id} (${kind}) ${statement}`)).toEqual([]);
  });

  it('each that can only be read stands where a reader looks', () => {
    const read = own.filter(({ kind }) => isRead(kind));
    const missing = read.filter(({ texts = [] }) => texts.length === 0);
    expect(missing.map(({ id, statement }) => `${id} ${statement}`)).toEqual([]);
  });

  it('what is said to stand in a file does', () => {
    const wrong = own.flatMap(({ id, texts = [] }) =>
      texts
        .filter(({ file, quote }) => !spaced(readFileSync(join(ROOT, file), 'utf8')).includes(spaced(quote)))
        .map(({ file }) => `${id} ${file}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('of the contradictions between the documents', () => {
  it('none has been lost', () => {
    expect(resolutions.map(({ resolution }) => resolution)).toEqual(Array.from({ length: 20 }, (_one, i) => i + 1));
  });

  it('each is resolved by tests that the other reading would fail, and those are there', () => {
    const missing = resolutions.flatMap(({ resolution, tests }) =>
      tests.filter(({ file, name }) => !testNames(file).includes(name)).map(({ file, name }) => `${resolution}: ${file} “${name}”`),
    );
    expect(missing).toEqual([]);
    expect(resolutions.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });

  it('no test claims a resolution that is not in the list', () => {
    const listed = new Set(resolutions.flatMap(({ resolution, tests }) => tests.map(({ name }) => `${resolution} ${name}`)));
    const claimed = [...new Set(resolutions.flatMap(({ tests }) => tests.map(({ file }) => file)))].flatMap((file) => testNames(file));
    const unlisted = claimed.filter((name) => {
      const [, resolution] = /^resolution (\d+) /.exec(name) ?? [];
      return resolution !== undefined && !listed.has(`${resolution} ${name}`);
    });
    expect(unlisted).toEqual([]);
  });
});

it('no test claims a statement that there is not', () => {
  const known = new Set(statements.map(({ id }) => id));
  expect([...proven.keys()].filter((id) => !known.has(id))).toEqual([]);
});

function isRead(kind: string): boolean {
  return IS_READ.has(kind);
}

/** Lines of a document break where its author likes. */
function spaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** Each id with the files whose tests begin with it, alone or in a row of others: `T22`, `A03.2 K14`, `K12, K13`. */
function idsInTestNames(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const folder of ['src', 'test', 'examples']) {
    for (const path of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      const file = `${folder}/${path.replaceAll('\\', '/')}`;
      if (!/[.-]spec\.ts$/.test(file) || file.includes('node_modules/')) continue;
      for (const name of testNames(file)) for (const id of leadingIds(name)) found.set(id, (found.get(id) ?? new Set()).add(file));
    }
  }
  return found;
}

function leadingIds(name: string): string[] {
  const words = name.split(/[\s,:]+/);
  const end = words.findIndex((word) => !/^(?:[TCKGW]\d\d|A\d\d(?:\.\d+)?|and)$/.test(word));
  return words.slice(0, end < 0 ? undefined : end).filter((word) => /^[TCKGW]\d\d$/.test(word));
}

/** The names of tests and their groups; where a table gives the name its first word, with that word. */
function testNames(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest);
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node.expression)) names.push(...namesOf(node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

function isTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return ['it', 'test', 'describe'].includes(callee.text);
  return (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) && isTest(callee.expression);
}

function namesOf({ expression, arguments: [name] }: ts.CallExpression): string[] {
  if (!name || !(ts.isStringLiteralLike(name) || ts.isTemplateExpression(name))) return [];
  const text = ts.isStringLiteralLike(name) ? name.text : name.head.text;
  if (!text.startsWith('%s') || !ts.isCallExpression(expression)) return [text];
  const [table] = expression.arguments;
  if (!table || !ts.isArrayLiteralExpression(table)) return [];
  return table.elements.flatMap((row) => {
    const first = ts.isArrayLiteralExpression(row) ? row.elements[0] : row;
    return first && ts.isStringLiteralLike(first) ? [first.text] : [];
  });
}
