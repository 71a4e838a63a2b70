import { Controller, Get, Header } from '@nestjs/common';
import { Public } from 'keystile';
import MarkdownIt from 'markdown-it';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The page that customers of the API read. */
@Controller('docs/authentication')
@Public()
export class DocsController {
  private readonly page = html(readFileSync(join(__dirname, 'authentication.md'), 'utf8'));

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
  read(): string {
    return this.page;
  }
}

const html = (markdown: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Authentication</title>
<style>
body{font:16px/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}
pre{background:#f3f3f3;padding:1rem;overflow:auto}
blockquote{border-left:4px solid #c00;background:#fee;margin:1rem 0;padding:.1rem 1rem}
</style>
<main>
${withAnchors(new MarkdownIt({ html: false }).render(markdown))}
</main>
</html>
`;

/** `#troubleshooting` and its like. */
const withAnchors = (rendered: string): string =>
  rendered.replaceAll(/<h2>([^<]+)<\/h2>/g, (_all, title: string) => {
    return `<h2 id="${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}">${title}</h2>`;
  });
