import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { runCommand } from '../src/cli/command';
import { SETTINGS } from '../src/config';

const root = join(__dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The rows of a Markdown table, by the heading of its first column. */
function table(text: string, firstColumn: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${firstColumn} `));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('docs/operations.md', () => {
  it('lists every setting with its default and its description', () => {
    const expected = Object.entries(SETTINGS).map(([name, { fallback, description }]) => [
      `\`${name}\``,
      fallback ? `\`${fallback}\`` : 'none',
      description,
    ]);
    expect(table(read('docs/operations.md'), 'Setting')).toEqual(expected);
  });

  it('lists every command', async () => {
    const usage: string[] = [];
    await runCommand([], {}, { out: () => undefined, error: (line) => void usage.push(...line.split('\n').slice(1)) });
    const expected = usage.map((line) => line.trim().split(/ {2,}/)).map(([words, does]) => [`\`npx keystile ${words!}\``, does]);
    expect(expected.length).toBeGreaterThan(3);
    expect(table(read('docs/operations.md'), 'Command')).toEqual(expected);
  });
});

describe('docs/architecture.md', () => {
  interface Rule {
    readonly name: string;
    readonly comment: string;
  }
  const { forbidden } = jest.requireActual<{ forbidden: readonly Rule[] }>('../.dependency-cruiser.cjs');

  it('has the import map that is checked', () => {
    const checked = forbidden
      .filter(({ name }) => name.endsWith('-imports-down'))
      .map(({ comment }) => /^(\S+\/) may import (.+)\.$/.exec(comment)!.slice(1));
    const written = table(read('docs/architecture.md'), 'Folder').map(([folder, , may]) => [folder!.replaceAll('`', ''), may]);
    expect(written.filter(([, may]) => !may!.startsWith('anything'))).toEqual(checked);
  });

  it('knows every folder', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of folders) expect(read('docs/architecture.md')).toContain(`\`${name}/\``);
  });
});

describe('links between documents', () => {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const documents = ['README.md', 'SECURITY.md', 'CHANGELOG.md', ...pages.map((name) => `docs/${name}`)];

  it.each(documents)('%s leads to files that are there', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:|\/|#)([^)#]+)/g)].map(([, link]) => link!);
    const mentioned = [...read(path).matchAll(/`((?:src|test|scripts|deploy|docs|\.ci)\/[\w./-]*\w)`/g)].map(([, name]) => name!);
    const missing = [...links.map((link) => join(dirname(path), link)), ...mentioned].filter((file) => !existsSync(join(root, file)));
    expect(missing).toEqual([]);
  });
});
